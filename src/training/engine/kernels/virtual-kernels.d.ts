/** Made by tests/support/vite-kernels.ts. A character a byte. */
declare module 'virtual:training-kernels' {
  export const simd: string;
  export const relaxed: string;
}
