import { expect, test } from 'vitest';
import { kernelModule } from '../../src/training/engine/kernels/kernels.ts';

/** Sections of a module's binary, by their numbers (WebAssembly's core specification, 5.5.2). */
const memorySection = 5;
const dataSection = 11;

function sectionsOf(bytes: Uint8Array): number[] {
  const found: number[] = [];
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    found.push(bytes[at++] ?? -1);
    const length = number();
    at += length;
  }
  return found;
}

test("the kernels' module brings no memory and no data, and starting it writes nothing", async () => {
  const { simd, relaxed } = await import('virtual:training-kernels');
  for (const code of [simd, relaxed]) {
    const sections = sectionsOf(Uint8Array.from(Buffer.from(code, 'latin1')));
    expect(sections).toContain(10); // code: they are read rightly
    expect(sections).not.toContain(memorySection);
    expect(sections).not.toContain(dataSection);
  }
  const module = kernelModule();
  if (!module) throw new Error('no vectors here');
  const memory = new WebAssembly.Memory({ initial: 4 });
  const bytes = new Uint8Array(memory.buffer).fill(0xa5);
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort: () => undefined } });
  expect(bytes.every((byte) => byte === 0xa5)).toBe(true);
  const { dropout } = exports as unknown as Record<string, (...numbers: number[]) => void>; // ours
  const [x, y, mask] = [65_536, 65_600, 65_664];
  dropout?.(x, y, mask, 16, 1, 2, 0, 1 << 30, 2); // by a global of vectors, which is no memory
  const isWritten = Array.from(bytes.keys()).filter((at) => bytes[at] !== 0xa5);
  expect(isWritten.every((at) => at >= y && at < mask + 64)).toBe(true);
  expect(isWritten.length).toBeGreaterThan(64);
});
