import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sha256 } from '../../../src/lib/digest.ts';
import { memory } from '../../../src/models/engine/tf.ts';
import { encoderFiles, vocabularyIn } from '../../../src/text/engine/encoder-files.ts';
import { SentenceEncoder } from '../../../src/text/engine/sentence-encoder.ts';
import { embeddingWidth } from '../../../src/text/pretrained.ts';
import { openSentenceEncoder, shippedEncoderFile } from '../../support/sentence-encoder.ts';

let encoder: SentenceEncoder;
let before: number;
beforeAll(async () => {
  encoder = await openSentenceEncoder();
  before = memory().numTensors;
});
afterAll(() => encoder.dispose());

const row = (rows: Float32Array, i: number) =>
  rows.subarray(i * embeddingWidth, (i + 1) * embeddingWidth);
const dot = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

test('the shipped files are those that the studio was built with', async () => {
  const names = { graph: 'model.json', vocabulary: 'vocab.json', weights: 'weights.bin' };
  for (const [part, name] of Object.entries(names)) {
    const bytes = shippedEncoderFile(name);
    const file = encoderFiles[part as keyof typeof names]; // the keys of the line above
    expect([bytes.length, await sha256(bytes)]).toEqual([file.bytes, file.sha256]);
  }
});

test('texts that mean alike lie nearer than others, whatever words they have', async () => {
  const texts = [
    'The cat sat on the mat.',
    'A kitten was sitting on a rug.',
    'Interest rates rose sharply this quarter.',
    'The central bank made borrowing more expensive.',
    'How old are you?',
    'What is your age?',
  ];
  const rows = await encoder.encode(texts);
  for (const [i] of texts.entries())
    for (const [other] of texts.entries()) {
      const isPair = i >> 1 === other >> 1;
      if (isPair) expect(dot(row(rows, i), row(rows, other))).toBeGreaterThan(0.55);
      else expect(dot(row(rows, i), row(rows, other))).toBeLessThan(0.25);
    }
});

test('a row has length 1 and is the same alone as beside others; a text without a word has none', async () => {
  const texts = [
    'Short.',
    '',
    'A somewhat longer sentence, with a clause that goes on for a while.',
    ' \n',
    'Long. '.repeat(200),
    '花样年华 😹',
  ];
  const together = await encoder.encode(texts);
  expect(together).toHaveLength(texts.length * embeddingWidth);
  for (const [i, text] of texts.entries()) {
    const alone = await encoder.encode([text]);
    const own = row(together, i);
    expect(Math.max(...own.map((value, k) => Math.abs(value - (alone[k] ?? NaN))))).toBeLessThan(
      1e-5,
    );
    expect(Math.sqrt(dot(own, own))).toBeCloseTo(text.trim() === '' ? 0 : 1, 5);
  }
});

test('the same texts have the same rows to the last bit, however long batches take', async () => {
  const texts = Array.from(
    { length: 40 },
    (_, i) => 'A few words more '.repeat(1 + (i % 5)) + String(i),
  );
  const rows = await encoder.encode(texts);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0); // of a computer that takes no time at all
  try {
    expect(await encoder.encode(texts)).toEqual(rows);
  } finally {
    clock.mockRestore();
  }
});

test('progress is told after each batch, what it throws ends the work, and no tensor is left', async () => {
  const texts = Array.from({ length: 70 }, (_, i) => `Sentence number ${i}`);
  const told: number[] = [];
  await encoder.encode(texts, { breathe: (done) => Promise.resolve(void told.push(done)) });
  expect(told.length).toBeGreaterThan(2);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
  const stop = () => Promise.reject(new Error('stopped'));
  await expect(encoder.encode(texts, { breathe: stop })).rejects.toThrow('stopped');
  expect(memory().numTensors).toBe(before);
});

test('a file that is no such graph is refused', async () => {
  const parts = { graph: {}, vocabulary: [], weights: new Uint8Array() };
  await expect(SentenceEncoder.open(parts)).rejects.toMatchObject({ code: 'corrupt' });
  expect(() => vocabularyIn([['a', 'b']])).toThrow('no list of pieces and scores');
});

const faqFile = new URL('../../../../shared/data/ship/text/python-faq.json', import.meta.url);

test.skipIf(!existsSync(faqFile))(
  "of 178 questions of Python's FAQ the nearest answer is the right one about as often as was published",
  { timeout: 300_000 },
  async () => {
    // Our own file: questions and answers.
    const faq = JSON.parse(readFileSync(faqFile, 'utf8')) as { q: string; a: string }[];
    const questions = await encoder.encode(faq.map(({ q }) => q));
    const answers = await encoder.encode(faq.map(({ a }) => a));
    const right = faq.filter((_, i) => {
      const scores = faq.map((__, j) => dot(row(questions, i), row(answers, j)));
      return scores.indexOf(Math.max(...scores)) === i;
    });
    // Published as .287, by a tokeniser that isn't told; .320 here, and .006 by chance.
    expect(Math.abs(right.length / faq.length - 0.287)).toBeLessThan(0.04);
  },
);
