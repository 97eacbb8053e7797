/** Where a key leads in a grid, as the ARIA practices for grids have it. */
export interface GridCell {
  row: number;
  column: number;
}

interface GridSize {
  rows: number;
  columns: number;
  /** Rows that a page key moves by. */
  pageRows: number;
}

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** @returns null for a key that moves nothing here. */
export function cellAfterKey(at: GridCell, event: Key, size: GridSize): GridCell | null {
  if (event.altKey) return null;
  const whole = event.ctrlKey || event.metaKey;
  const last = { row: size.rows - 1, column: size.columns - 1 };
  const targets: Record<string, GridCell> = {
    ArrowUp: { ...at, row: whole ? 0 : at.row - 1 },
    ArrowDown: { ...at, row: whole ? last.row : at.row + 1 },
    ArrowLeft: { ...at, column: whole ? 0 : at.column - 1 },
    ArrowRight: { ...at, column: whole ? last.column : at.column + 1 },
    PageUp: { ...at, row: at.row - size.pageRows },
    PageDown: { ...at, row: at.row + size.pageRows },
    Home: whole ? { row: 0, column: 0 } : { ...at, column: 0 },
    End: whole ? last : { ...at, column: last.column },
  };
  const target = Object.hasOwn(targets, event.key) ? targets[event.key] : undefined;
  if (!target) return null;
  return { row: within(target.row, last.row), column: within(target.column, last.column) };
}

function within(index: number, last: number) {
  return Math.max(0, Math.min(last, index));
}
