/** What can be done from the command palette. Each screen adds its own while it is shown. */
import { untrack, type Component } from 'svelte';

export interface Command {
  id: string;
  title: string;
  group: string;
  icon?: Component;
  /** As shown, e.g. `Ctrl+K`; whoever registers it listens for it. */
  shortcut?: string;
  keywords?: readonly string[];
  run: () => unknown;
}

class Commands {
  #sources = $state.raw<readonly (() => readonly Command[])[]>([]);
  isOpen = $state(false);

  get all(): readonly Command[] {
    return this.#sources.flatMap((source) => source());
  }

  /** @returns how to take them away again */
  add(source: () => readonly Command[]): () => void {
    this.#sources = [...this.#sources, source];
    return () => {
      this.#sources = this.#sources.filter((other) => other !== source);
    };
  }
}

export const commands = new Commands();

/** For a component's script: its commands are there while it is mounted, and follow its state. */
export function useCommands(source: () => readonly Command[]) {
  $effect(() => untrack(() => commands.add(source)));
}
