import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScaledScroll } from '../../../src/ui/table/scaled-scroll.ts';

const rowPx = 30;
const tenMillion = 10_000_000 * rowPx;
const viewport = 510;

/** An element as a browser scrolls it: whole px, within its bounds. */
function element(scroll: ScaledScroll) {
  const maxTop = scroll.height - viewport;
  let top = 0;
  const clamp = (to: number) => Math.min(maxTop, Math.max(0, Math.round(to)));
  return {
    get top() {
      return top;
    },
    scrollBy(px: number) {
      top = clamp(top + px);
      scroll.moved(top);
    },
    place(to: number) {
      top = clamp(to);
      scroll.placed(top);
      scroll.moved(top); // the event that the placing causes
    },
  };
}

test('a list that fits scrolls as its element does', () => {
  const scroll = new ScaledScroll(3000, viewport);
  expect(scroll.height).toBe(3000);
  scroll.moved(1234);
  expect(scroll.offset).toBe(1234);
  expect(scroll.goTo(99_999)).toBe(3000 - viewport);
});

test('a list shorter than its frame stays at its top', () => {
  const scroll = new ScaledScroll(100, viewport);
  expect(scroll.goTo(50)).toBe(0);
  expect(scroll.offset).toBe(0);
});

test('each of ten million rows can be put at the top of the frame, exactly', () => {
  const scroll = new ScaledScroll(tenMillion, viewport);
  const frame = element(scroll);
  expect(scroll.height).toBeLessThanOrEqual(16_000_000);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 - viewport / rowPx }), (row) => {
      frame.place(scroll.goTo(row * rowPx));
      expect(scroll.offset).toBe(row * rowPx);
    }),
  );
});

test('short scrolls move by what was scrolled, wherever the list stands, with rests between', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100_000, max: tenMillion - 100_000 }),
      fc.array(fc.integer({ min: -viewport, max: viewport }), { maxLength: 40 }),
      (start, steps) => {
        const scroll = new ScaledScroll(tenMillion, viewport);
        const frame = element(scroll);
        frame.place(scroll.goTo(start));
        let expected = start;
        for (const step of steps) {
          frame.scrollBy(step);
          frame.place(scroll.settle());
          expected += step;
          expect(scroll.offset).toBe(expected);
        }
      },
    ),
  );
});

test('wheeling on reaches the very first and the very last row', () => {
  for (const [start, step, end] of [
    [40_000, -120, 0],
    [tenMillion - 40_000, 120, tenMillion - viewport],
  ] as const) {
    const scroll = new ScaledScroll(tenMillion, viewport);
    const frame = element(scroll);
    frame.place(scroll.goTo(start));
    for (let i = 0; i < 400; i++) {
      frame.scrollBy(step);
      if (i % 5 === 4) frame.place(scroll.settle());
    }
    expect(scroll.offset).toBe(end);
  }
});

test('dragging the scrollbar to a share of its way shows that share of the rows', () => {
  const scroll = new ScaledScroll(tenMillion, viewport);
  const frame = element(scroll);
  frame.scrollBy(scroll.height / 2);
  expect(scroll.offset / tenMillion).toBeCloseTo(0.5, 4);
  frame.scrollBy(scroll.height);
  expect(scroll.offset).toBe(tenMillion - viewport);
  frame.scrollBy(-scroll.height);
  expect(scroll.offset).toBe(0);
});
