/** Made by tests/support/vite-kernels.ts. A character a byte. */
declare module 'virtual:linear-algebra' {
  export const simd: string;
  export const relaxed: string;
}
