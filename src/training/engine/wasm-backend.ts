/** tfjs's wasm backend, one thread: its threaded binary crashes when minified and is no faster. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { env } from '../../models/engine/tf.ts';
import { registerTensorKernels } from './kernels/tfjs/register.ts';

/** With our kernels beside and before its own. */
export function prepareWasm() {
  locateWasm();
  registerTensorKernels();
}

/** As it ships. */
export function locateWasm() {
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd, // never asked for; tfjs wants it named
  });
}
