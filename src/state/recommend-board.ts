/** Asks how a project's recommenders do against each other. Its own worker, so that cancelling ends nothing else. */
import { proxy } from 'comlink';
import { recommendClient } from '../rpc/clients.ts';
import type { CallOptions, ProjectContext } from './project-context.ts';

export class RecommendBoard {
  readonly #project: ProjectContext;
  readonly #client = recommendClient();

  constructor(project: ProjectContext) {
    this.#project = project;
  }

  close() {
    this.#client.close();
  }

  /** @param best, others ids of versions of one protocol */
  compareToBest(best: string, others: readonly string[]) {
    return this.#client.call((api) =>
      api.compareToBest(
        this.#ref(best),
        others.map((id) => this.#ref(id)),
      ),
    );
  }

  /** @param versions ids, of one protocol */
  compareSampling(versions: readonly string[], negatives: number, call: CallOptions<number> = {}) {
    const onProgress = proxy((share: number) => call.onProgress?.(share));
    const refs = versions.map((id) => this.#ref(id));
    return this.#client.call(
      (api) => api.compareSampling(refs, negatives, onProgress),
      call.signal,
    );
  }

  /** @param digest of the data whose events are split */
  compareSplits(digest: string, call: CallOptions<number> = {}) {
    const onProgress = proxy((share: number) => call.onProgress?.(share));
    const ref = { projectId: this.#project.id, digest };
    return this.#client.call((api) => api.compareSplits(ref, onProgress), call.signal);
  }

  #ref(id: string) {
    return { projectId: this.#project.id, id };
  }
}
