/** Which graphics processors there really are. One in software loses to wasm by 10–100×, and counts as none. */

export interface Graphics {
  /** The processor's name where WebGPU reaches it; null for none. */
  webgpu: string | null;
  webgl: string | null;
}

export async function findGraphics(): Promise<Graphics> {
  return { webgpu: await webgpuName(), webgl: webglName() };
}

const software = /swiftshader|llvmpipe|software|basic render/i;

async function webgpuName(): Promise<string | null> {
  // Not in every browser; the types of WebGPU aren't in the standard library.
  const gpu = (globalThis.navigator as { gpu?: Gpu } | undefined)?.gpu;
  const adapter = await gpu
    ?.requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null); // a driver that throws is one that can't be used
  if (!adapter) return null;
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info ?? {};
  const name = [vendor, architecture, description].filter(Boolean).join(' ') || 'unknown';
  const isSoftware = isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  return isSoftware || software.test(name) ? null : name;
}

function webglName(): string | null {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) return null;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof name === 'string' && !software.test(name) ? name : null;
}

interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<{
    /** Not in every browser: the first that had WebGPU asked for it by a call. */
    info?: {
      vendor?: string;
      architecture?: string;
      description?: string;
      isFallbackAdapter?: boolean;
    };
    /** Where browsers had it at first. */
    isFallbackAdapter?: boolean;
  } | null>;
}
