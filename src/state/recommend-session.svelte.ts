/** A project's recommenders, asked: who gets what, and why. */
import { proxy } from 'comlink';
import { recommendClient } from '../rpc/clients.ts';
import type { ListOptions, Person, RerankWeights } from '../rpc/recommend-contract.ts';
import type { PersonById } from '../rpc/recommend-preview-contract.ts';
import { RecommendBoard } from './recommend-board.ts';
import { definedOnly, type CallOptions, type ProjectContext } from './project-context.ts';

export const modelOrder: RerankWeights = { diversity: 0, popularity: 0, freshness: 0 };

export class RecommendSession {
  readonly #project: ProjectContext;
  readonly #client = recommendClient();
  /** Versions held against each other. */
  readonly board: RecommendBoard;

  constructor(project: ProjectContext) {
    this.#project = project;
    this.board = new RecommendBoard(project);
  }

  close() {
    this.board.close();
    this.#client.close();
  }

  /** @param version id of a model version that is a recommender; so for all others */
  open(version: string, onProgress?: (share: number) => void) {
    return this.#client.call((api) =>
      api.open(this.#ref(version), onProgress && proxy(onProgress)),
    );
  }

  searchItems(version: string, text: string, count = 20) {
    return this.#client.call((api) => api.searchItems(this.#ref(version), text, count));
  }

  searchPeople(version: string, text: string, count = 20) {
    return this.#client.call((api) => api.searchPeople(this.#ref(version), text, count));
  }

  history(version: string, person: Person, count = 100) {
    return this.#client.call((api) => api.history(this.#ref(version), person, count));
  }

  recommend(
    version: string,
    person: Person,
    options: { count?: number } & Partial<ListOptions> = {},
  ) {
    const asked = { count: 10, rerank: modelOrder, ...definedOnly(options) };
    return this.#client.call((api) => api.recommend(this.#ref(version), person, asked));
  }

  /** The same by ids: what a screen shows while somebody rates, in one call. */
  listFor(version: string, person: PersonById, options: { count: number } & ListOptions) {
    return this.#client.call((api) => api.listFor(this.#ref(version), person, options));
  }

  hadBy(version: string, person: PersonById, count: number) {
    return this.#client.call((api) => api.hadBy(this.#ref(version), person, count));
  }

  similar(version: string, item: number, count = 10) {
    return this.#client.call((api) => api.similar(this.#ref(version), item, count));
  }

  /** Numbers of people differ between versions; ids don't. */
  personOf(version: string, id: string) {
    return this.#client.call((api) => api.personOf(this.#ref(version), id));
  }

  itemsOf(version: string, ids: readonly string[]) {
    return this.#client.call((api) => api.itemsOf(this.#ref(version), ids));
  }

  itemAt(version: string, item: number) {
    return this.#client.call((api) => api.itemAt(this.#ref(version), item));
  }

  map(version: string) {
    return this.#client.call((api) => api.map(this.#ref(version)));
  }

  /** @throws StudioError `cancelled` where another was asked for meanwhile */
  effect(version: string, rerank: RerankWeights) {
    return this.#client.call((api) => api.effect(this.#ref(version), rerank));
  }

  stopEffect() {
    return this.#client.call((api) => api.stopEffect());
  }

  /**
   * Cancelled, it fails at once and tells of no more. The worker is asked to stop, not ended: its model stays open, and
   * what else it was asked is answered.
   */
  async exportLists(
    version: string,
    options: { count: number; format: 'csv' | 'json' } & Partial<ListOptions>,
    { onProgress, signal }: CallOptions<number> = {},
  ): Promise<Blob> {
    let isGoing = true; // a share may come after the end: it has a channel of its own
    const tell = proxy((share: number) => {
      if (isGoing) onProgress?.(share);
    });
    const asked = { rerank: modelOrder, ...options };
    try {
      return await this.#client.callStoppable(
        (api) => api.exportLists(this.#ref(version), asked, tell),
        (api) => api.stopLists(),
        signal,
      );
    } finally {
      isGoing = false;
    }
  }

  #ref(id: string) {
    return { projectId: this.#project.id, id };
  }
}
