import { expect, test } from '@playwright/test';
import { openStudio } from './support.ts';

test('texts are encoded by what they mean; one call aborted, the other goes on to the same numbers', async ({
  page,
}) => {
  await openStudio(page);
  const seen = await page.evaluate(async () => {
    const texts = ['How old are you?', 'What is your age?', 'The train left at noon.'];
    const many = Array.from({ length: 400 }, (_, i) => `The ${i} bus stops at the old town hall.`);
    const controller = new AbortController();
    const shares: number[] = [];
    const aborted = window.glasshouse
      .embed(many, {
        signal: controller.signal,
        onProgress(share) {
          shares.push(share);
          controller.abort();
        },
      })
      .then(
        () => 'done',
        (error: unknown) => (error as { code: string }).code, // as the studio throws
      );
    const beside = window.glasshouse.embed(texts);
    const [end, rows] = await Promise.all([aborted, beside]);
    const alone = await window.glasshouse.embed(texts);
    let difference = 0;
    alone.forEach((row, i) =>
      row.forEach((value, k) => {
        difference = Math.max(difference, Math.abs(value - (rows[i]?.[k] ?? NaN)));
      }),
    );
    const product = (i: number, j: number) => {
      let sum = 0;
      rows[i]?.forEach((value, k) => (sum += value * (rows[j]?.[k] ?? NaN)));
      return sum;
    };
    return {
      ...{ end, difference, share: shares.at(-1) },
      ...{ same: product(0, 0), alike: product(0, 1), apart: product(0, 2) },
    };
  });
  expect(seen.end).toBe('cancelled');
  expect(seen.share).toBeLessThan(1);
  expect(seen.difference).toBeLessThan(1e-6);
  expect(seen.same).toBeCloseTo(1, 5);
  expect(seen.alike).toBeGreaterThan(0.7);
  expect(seen.apart).toBeLessThan(0.5);
});
