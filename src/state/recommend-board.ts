/** Asks how a project's recommenders do against each other. Its own worker, so that cancelling ends nothing else. */
import { recommendClient } from '../rpc/clients.ts';
import type { ProjectContext } from './project-context.ts';

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

  #ref(id: string) {
    return { projectId: this.#project.id, id };
  }
}
