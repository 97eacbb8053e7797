/** Keeps a run's stored record in step with its events while this worker owns it. */
import type { StudioError } from '../../src/lib/errors.ts';
import type { StudioDb } from '../../src/storage/db.ts';
import { collectChunks } from '../../src/storage/chunks.ts';
import { repository } from '../../src/storage/records.ts';
import { runCodec } from '../../src/training/run-codec.ts';
import { epochRecordOf, type RunEvent } from '../../src/training/run.ts';
import type { RunRecord } from '../../src/training/run-record.ts';
import { CheckpointStore } from './checkpoint-store.ts';

export class RunJournal {
  #record: RunRecord;
  readonly #db: StudioDb;
  readonly #checkpoints: Pick<CheckpointStore, 'put' | 'close'>;
  #storing: Promise<unknown> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #isFinished = false;
  readonly #began = performance.now();
  /** Of a run that is gone on with. */
  readonly #secondsBefore: number;

  constructor(
    db: StudioDb,
    record: RunRecord,
    checkpoints: Pick<CheckpointStore, 'put' | 'close'> = new CheckpointStore(),
  ) {
    this.#db = db;
    this.#checkpoints = checkpoints;
    this.#record = { ...record, epochs: [...record.epochs] };
    this.#secondsBefore = record.seconds ?? 0;
  }

  get record(): RunRecord {
    return this.#record;
  }

  note(event: RunEvent) {
    const record = this.#record;
    switch (event.type) {
      case 'started':
        this.#record = {
          ...record,
          backend: event.backend,
          backendReason: event.reason,
          ...(event.workers && { workers: event.workers }),
          parameters: event.parameters,
          baseline: event.baseline ?? record.baseline,
          epochs: record.epochs.filter(({ epoch }) => epoch <= event.epoch),
        };
        break;
      case 'epoch':
        record.epochs.push(epochRecordOf(event)); // in place: there may be thousands a second
        if (event.best) this.#record = { ...record, bestEpoch: event.epoch };
        break;
      case 'fold':
        this.#record = {
          ...record,
          folds: [...record.folds.slice(0, event.fold - 1), event.metrics], // told again when resumed
        };
        break;
      case 'notice':
        this.#record = { ...record, notices: [...record.notices, event.notice] };
        break;
      default: // progress, pauses and the end aren't kept as such
    }
  }

  /** Stores a checkpoint and the record that names it; the one before is let go. @returns bytes to write the next in */
  checkpoint(bytes: ArrayBuffer): Promise<ArrayBuffer> {
    const stored = this.#store(bytes);
    this.#storing = stored.catch(() => undefined);
    return stored;
  }

  async #store(bytes: ArrayBuffer): Promise<ArrayBuffer> {
    const stored = await this.#checkpoints.put(bytes);
    await this.#enqueue(async () => {
      if (this.#isFinished) {
        await collectChunks(this.#db, [stored.digest]);
        return;
      }
      const previous = this.#record.checkpoint;
      await this.#put({ ...this.#record, checkpoint: stored.digest });
      if (previous && previous !== stored.digest) await collectChunks(this.#db, [previous]);
    });
    return stored.bytes;
  }

  /** Writes the record's end; nothing is written after it. */
  async finish(changes: Partial<RunRecord>): Promise<RunRecord> {
    this.#isFinished = true;
    await this.#enqueue(async () => {
      const previous = this.#record.checkpoint;
      await this.#put({ ...this.#record, ...changes, checkpoint: null });
      if (previous) await collectChunks(this.#db, [previous]);
    });
    return this.#record;
  }

  /** As `finish`, of a run that broke: it keeps its last checkpoint, from which it can be gone on with. */
  async fail({ code, message }: StudioError): Promise<void> {
    await this.#storing; // it may be the last
    this.#isFinished = true;
    await this.#enqueue(() =>
      this.#put({ ...this.#record, status: 'failed', error: { code, message } }),
    );
  }

  /** Lets go of what stores checkpoints, once it has stored the last. */
  async close() {
    this.#isFinished = true;
    await this.#storing;
    this.#checkpoints.close();
  }

  async #put(record: RunRecord) {
    const seconds = this.#secondsBefore + (performance.now() - this.#began) / 1000;
    this.#record = { ...record, seconds };
    await repository(this.#db, runCodec).put(this.#record);
  }

  #enqueue(write: () => Promise<void>): Promise<void> {
    return (this.#writing = this.#writing.then(write, write));
  }
}
