import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src/training/run.ts';
import { EventPost } from '../../workers/training/event-post.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const epoch = (number: number): RunEvent => ({
  ...{ type: 'epoch', epoch: number, best: false, train: { loss: 1 } },
  ...{ learningRate: 0.1, seconds: 1 },
});
const epochsOf = (sent: readonly RunEvent[]) =>
  sent.map((event) => (event.type === 'epoch' ? event.epoch : event.type));

test('a thousand epochs within a second are told in ten messages, none left out and in order', () => {
  const sent: RunEvent[][] = [];
  const post = new EventPost((events) => sent.push(events));
  for (let i = 1; i <= 1000; i++) {
    post.tell(epoch(i));
    vi.advanceTimersByTime(1);
  }
  post.flush();
  expect(sent.length).toBeLessThanOrEqual(11);
  expect(epochsOf(sent.flat())).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
});

test('an epoch is told soon, though nothing comes after it', () => {
  const sent: RunEvent[][] = [];
  const post = new EventPost((events) => sent.push(events));
  post.tell(epoch(1));
  expect(sent.map(epochsOf)).toEqual([[1]]);
  post.tell(epoch(2));
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(sent.map(epochsOf)).toEqual([[1], [2]]);
});

test('what is no epoch is told at once, after what waited', () => {
  const sent: RunEvent[][] = [];
  const post = new EventPost((events) => sent.push(events));
  for (const event of [epoch(1), epoch(2), { type: 'paused' } as const]) post.tell(event);
  expect(sent.map(epochsOf)).toEqual([[1], [2, 'paused']]);
  vi.advanceTimersByTime(1000);
  post.flush();
  expect(sent).toHaveLength(2);
});
