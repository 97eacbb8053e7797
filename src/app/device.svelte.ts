/** What this device offers, as far as a page may know. Which backend trains is measured elsewhere. */
export type BackendName = 'webgpu' | 'webgpu-software' | 'wasm-simd' | 'wasm' | 'webgl' | 'cpu';

interface StorageState {
  /** Bytes, estimated by the browser. */
  used: number;
  quota: number;
  persisted: boolean;
}

class Device {
  #backends = $state.raw<readonly BackendName[] | null>(null);
  #storage = $state.raw<StorageState | null>(null);
  #isOnline = $state(navigator.onLine);

  readonly cores = navigator.hardwareConcurrency || 1;
  /** GB, rounded down to a power of two by the browser; Chromium only. */
  readonly memory = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : null;

  /** Best first; null until it is known. */
  get backends() {
    return this.#backends;
  }
  /** Null where the browser doesn't say. */
  get storage() {
    return this.#storage;
  }
  get isOnline() {
    return this.#isOnline;
  }

  start() {
    const follow = () => (this.#isOnline = navigator.onLine);
    addEventListener('online', follow);
    addEventListener('offline', follow);
    void this.#probe();
    void this.refreshStorage();
  }

  async refreshStorage(): Promise<void> {
    const storage = storageManager();
    if (!storage) return;
    try {
      const [{ usage, quota }, persisted] = await Promise.all([
        storage.estimate(),
        storage.persisted(),
      ]);
      if (usage !== undefined && quota !== undefined)
        this.#storage = { used: usage, quota, persisted };
    } catch {
      this.#storage = null; // opaque origins and some private windows refuse: shown as unknown
    }
  }

  /** Asks the browser not to clear what is kept here. @returns whether it agreed */
  async askToPersist(): Promise<boolean> {
    const agreed = (await storageManager()?.persist()) ?? false;
    await this.refreshStorage();
    return agreed;
  }

  async #probe() {
    const found: BackendName[] = [];
    const gpu = await webgpu();
    if (gpu === 'webgpu') found.push(gpu);
    if (typeof WebAssembly === 'object') found.push(hasSimd() ? 'wasm-simd' : 'wasm');
    if (hasWebgl()) found.push('webgl');
    if (gpu === 'webgpu-software') found.push(gpu);
    this.#backends = [...found, 'cpu'];
  }
}

export const device = new Device();

/** Absent outside secure contexts, whatever the type says. */
function storageManager(): StorageManager | undefined {
  return (navigator as Partial<Navigator>).storage;
}

async function webgpu(): Promise<'webgpu' | 'webgpu-software' | null> {
  try {
    const adapter = await (navigator as Partial<Navigator>).gpu?.requestAdapter();
    if (!adapter) return null;
    return adapter.info.isFallbackAdapter ? 'webgpu-software' : 'webgpu';
  } catch {
    return null; // a driver that throws is one that can't be used
  }
}

function hasWebgl(): boolean {
  return new OffscreenCanvas(1, 1).getContext('webgl2') !== null;
}

/** The smallest module with a v128 instruction: (func (result v128) i32.const 0 i8x16.splat). */
function hasSimd(): boolean {
  return WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253,
      15, 11,
    ]),
  );
}
