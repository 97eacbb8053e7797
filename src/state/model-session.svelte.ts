/** A project's model versions: which there are, what they answer, how well. */
import { proxy } from 'comlink';
import type { InputRow } from '../data/input-row.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { StudioError } from '../lib/errors.ts';
import { linearTerms, type LinearTerms } from '../models/linear-terms.ts';
import { withAlias } from '../registry/names.ts';
import { isNetwork, mustBeNetwork, type ModelVersion } from '../registry/model-version.ts';
import { inferenceClient } from '../rpc/clients.ts';
import type { ImportProgress } from '../rpc/contracts.ts';
import { getChunk } from '../storage/chunks.ts';
import { named, type CallOptions, type ProjectContext } from './project-context.ts';

export class ModelSession {
  #versions = $state.raw<readonly ModelVersion[]>([]);
  readonly #project: ProjectContext;
  readonly #client = inferenceClient();

  constructor(project: ProjectContext) {
    this.#project = project;
  }

  /** Oldest first. */
  get versions() {
    return this.#versions;
  }

  /** Those that answer rows of a table. */
  get networks() {
    return this.#versions.filter(isNetwork);
  }

  async reload(): Promise<void> {
    this.#versions = await this.#project.store.versions.list(this.#project.id);
  }

  close() {
    this.#client.close();
  }

  /**
   * A version by its id or alias; the newest where neither is given.
   * @throws StudioError `not-found`
   */
  version(idOrAlias?: string): ModelVersion {
    const id = idOrAlias && (this.#project.record.aliases[idOrAlias] ?? idOrAlias);
    const version = id ? this.#versions.find((v) => v.id === id) : this.#versions.at(-1);
    if (version) return version;
    throw new StudioError('not-found', id ? `No model version ${id}` : 'No model was trained yet');
  }

  predict(rows: readonly InputRow[], version?: string) {
    const { id } = this.version(version);
    return this.#client.call((api) => api.predict(this.#ref(id), rows));
  }

  /** The file's rows with the model's answers beside them, as CSV. */
  scoreFile(file: File, version?: string, options: CallOptions<ImportProgress> = {}) {
    const { id } = this.version(version);
    const onProgress = proxy((progress: ImportProgress) => options.onProgress?.(progress));
    return this.#client.call(
      (api) => api.scoreFile(this.#ref(id), named(file), onProgress),
      options.signal,
    );
  }

  evaluateFile(file: File, version?: string, options: CallOptions<ImportProgress> = {}) {
    const { id } = this.version(version);
    const onProgress = proxy((progress: ImportProgress) => options.onProgress?.(progress));
    return this.#client.call<Evaluation>(
      async (api) => api.evaluateFile(this.#ref(id), named(file), onProgress),
      options.signal,
    );
  }

  /** Rows of the evaluation with this true and this predicted class, by index. */
  confusionRows(version: string, actual: number, predicted: number) {
    return this.#client.call((api) => api.confusionRows(this.#ref(version), actual, predicted));
  }

  /** Intercept and coefficients of a model without hidden layers; null for others. */
  async linearTerms(version: string): Promise<LinearTerms | null> {
    const model = mustBeNetwork(this.version(version));
    return linearTerms(model, await getChunk(this.#project.store.db, model.weights.chunk));
  }

  /** Moves an alias such as `champion` to a version; null takes it away. */
  async setAlias(alias: string, version: string | null): Promise<void> {
    const id = version === null ? null : this.version(version).id;
    await this.#project.save(withAlias(this.#project.record, alias, id));
  }

  #ref(id: string) {
    return { projectId: this.#project.id, id };
  }
}
