import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePredictions, encodePredictions } from '../../../src/evaluate/predictions-codec.ts';

const predictions = fc.oneof(
  fc.tuple(fc.array(fc.string(), { maxLength: 4 }), fc.nat(9)).chain(([classes, rows]) =>
    fc.record({
      type: fc.constant('classes' as const),
      classes: fc.constant(classes),
      rows: fc.uint32Array({ minLength: rows, maxLength: rows }),
      actual: fc.int32Array({
        min: -1,
        max: classes.length - 1,
        minLength: rows,
        maxLength: rows,
      }),
      probabilities: fc.float32Array({
        minLength: rows * classes.length,
        maxLength: rows * classes.length,
      }),
    }),
  ),
  fc.nat(9).chain((rows) =>
    fc.record({
      type: fc.constant('numbers' as const),
      rows: fc.uint32Array({ minLength: rows, maxLength: rows }),
      actual: fc.float64Array({ minLength: rows, maxLength: rows }),
      predicted: fc.float64Array({ minLength: rows, maxLength: rows }),
    }),
  ),
);

test('predictions come back as they were', () => {
  fc.assert(
    fc.property(predictions, (value) => {
      expect(decodePredictions(encodePredictions(value))).toEqual(value);
    }),
  );
});

test('whatever is cut off or appended is noticed', () => {
  fc.assert(
    fc.property(predictions, fc.nat(), (value, at) => {
      const bytes = encodePredictions(value);
      expect(() => decodePredictions(bytes.slice(0, at % bytes.byteLength))).toThrow(
        "Stored predictions can't be read",
      );
      const longer = new ArrayBuffer(bytes.byteLength + 8);
      new Uint8Array(longer).set(new Uint8Array(bytes));
      expect(() => decodePredictions(longer)).toThrow("Stored predictions can't be read");
    }),
  );
});

test.each([
  ['another kind of file', 0, 1, 'corrupt', 'they start with something else'],
  ['a later format', 4, 2, 'newer-version', 'Predictions of format 2 need a newer version'],
  ['an unknown type', 8, 7, 'corrupt', 'type 7 is unknown'],
  ['rows beyond the bytes', 12, 4e9, 'corrupt', '4000000000 rows take'],
  ['classes beyond the bytes', 16, 4e9, 'corrupt', '2 rows take'],
  ['a class that is none', 48, 2, 'corrupt', 'class 2 of 2'],
  ['names that are no list', 24, 0x20202020, 'corrupt', "their 2 class names can't be read"],
])('%s is refused with its reason', (_, offset, value, code, message) => {
  const bytes = encodePredictions({
    type: 'classes',
    classes: ['a', 'b'],
    rows: Uint32Array.of(1, 2),
    actual: Int32Array.of(0, 1),
    probabilities: Float32Array.of(1, 0, 0, 1),
  });
  new DataView(bytes).setUint32(offset, value, true);
  expect(() => decodePredictions(bytes)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
  );
});
