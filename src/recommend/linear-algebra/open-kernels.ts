/** Opens assembly.ts with memory of its own. */
import { relaxed, simd } from 'virtual:linear-algebra';

/** Places are in bytes. */
interface Assembly {
  memory: WebAssembly.Memory;
  addProducts: (
    left: number,
    right: number,
    sums: number,
    rows: number,
    columns: number,
    terms: number,
    stride: number,
  ) => void;
  sumLists: (
    panel: number,
    starts: number,
    lists: number,
    entries: number,
    values: number,
    sums: number,
  ) => void;
  sumListsOfOnes: (
    panel: number,
    starts: number,
    lists: number,
    entries: number,
    sums: number,
  ) => void;
}

/**
 * Null where WebAssembly has no vectors.
 * @param bytes of memory
 * @param codes a character a byte: the first that this machine can run is taken
 */
export function openAssembly(
  bytes: number,
  codes: readonly string[] = [relaxed, simd],
): Assembly | null {
  const code = codes
    .map((text) => Uint8Array.from(text, (byte) => byte.charCodeAt(0)))
    .find((candidate) => WebAssembly.validate(candidate));
  if (!code) return null;
  const pages = Math.ceil(bytes / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const env = { memory, abort: () => undefined };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env });
  return { memory, ...(exports as unknown as Omit<Assembly, 'memory'>) }; // ours
}
