/** The shipped sentence encoder in Node, which has no server to load it from: on tfjs's WebAssembly. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { ready, setBackend } from '../../src/models/engine/tf.ts';
import { encoderParts } from '../../src/text/engine/encoder-files.ts';
import { SentenceEncoder } from '../../src/text/engine/sentence-encoder.ts';
import { registerTensorKernels } from '../../src/training/engine/kernels/tfjs/register.ts';

const folder = new URL('../../public/models/use-lite/', import.meta.url);

export const shippedEncoderFile = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(name, folder)));

export async function openSentenceEncoder(): Promise<SentenceEncoder> {
  // A path, as Node's part of the backend takes it.
  const module = fileURLToPath(
    new URL(
      '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
      import.meta.url,
    ),
  );
  setWasmPaths({
    'tfjs-backend-wasm.wasm': module,
    'tfjs-backend-wasm-simd.wasm': module,
    'tfjs-backend-wasm-threaded-simd.wasm': module,
  });
  registerTensorKernels();
  await setBackend('wasm');
  await ready();
  return SentenceEncoder.open(
    encoderParts(
      shippedEncoderFile('model.json'),
      shippedEncoderFile('vocab.json'),
      shippedEncoderFile('weights.bin'),
    ),
  );
}
