/** Whether the studio works with the network off, and whether a newer version is waiting. */
class Offline {
  #status = $state<'unavailable' | 'preparing' | 'ready'>('unavailable');
  #waiting = $state.raw<ServiceWorker | null>(null);

  get status() {
    return this.#status;
  }
  get isUpdateReady() {
    return this.#waiting !== null;
  }

  /** Registers the service worker of the built studio; private windows and file: URLs may have none. */
  async start(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    try {
      this.#status = 'preparing';
      const registration = await navigator.serviceWorker.register('sw.js');
      this.#waiting = registration.waiting;
      registration.addEventListener('updatefound', () => this.#watch(registration));
      await navigator.serviceWorker.ready;
      this.#status = 'ready';
    } catch (error) {
      console.warn('The studio will not work offline:', error);
      this.#status = 'unavailable';
    }
  }

  /** Moves to the waiting version. */
  update() {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
      once: true,
    });
    this.#waiting?.postMessage('update');
  }

  #watch(registration: ServiceWorkerRegistration) {
    const installing = registration.installing;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && navigator.serviceWorker.controller)
        this.#waiting = installing;
    });
  }
}

export const offline = new Offline();
