/** Made by tests/support/vite-kernels.ts. Base64. */
declare module 'virtual:linear-algebra' {
  export const simd: string;
  export const relaxed: string;
}
