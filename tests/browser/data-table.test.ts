import { mount, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { StudioError } from '../../src/lib/errors.ts';
import '../../src/ui/tokens.css';
import '../../src/ui/base.css';
import DataTable from '../../src/ui/table/DataTable.svelte';
import type { RowSource } from '../../src/ui/table/row-blocks.svelte.ts';
import type { TableColumn } from '../../src/ui/table/table-column.ts';

const tenMillion = 10_000_000;
let mounted: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
});

const columnsOf = (count: number): TableColumn[] =>
  Array.from({ length: count }, (_, i) => ({ id: `c${i}`, label: `c${i}`, align: 'end' }));

/** Cell (row, column) reads `row:column`, so that a shifted row or column can't go unseen. */
function numbered(total: number, columns: number): RowSource & { asked: number[] } {
  const asked: number[] = [];
  return {
    total,
    asked,
    fetch(start, count) {
      asked.push(start);
      const rowNumbers = Array.from({ length: count }, (_, i) => start + i);
      const cells = rowNumbers.map((row) =>
        Array.from({ length: columns }, (_, column) => `${row}:${column}`),
      );
      return Promise.resolve({ rowNumbers, cells });
    },
  };
}

function open(source: RowSource, columns: number) {
  const target = document.createElement('div');
  target.style.width = '700px';
  document.body.append(target);
  mounted = mount(DataTable, {
    target,
    props: { label: 'Rows', columns: columnsOf(columns), source },
  });
  const table = mounted as { goToRow: (row: number) => void }; // tsc can't read a component's exports
  return { table, grid: page.getByRole('grid', { name: 'Rows' }) };
}

const cell = (text: string) => page.getByRole('gridcell', { name: text, exact: true });

/** Whether the cell is seen, not only drawn. */
function isInFrame(text: string): boolean {
  const frame = page.getByRole('grid').element().getBoundingClientRect();
  const box = cell(text).element().getBoundingClientRect();
  return box.top >= frame.top && box.bottom <= frame.bottom + 1;
}

test('ten million rows: the keyboard reaches the very last and the very first', async () => {
  const { grid } = open(numbered(tenMillion, 3), 3);
  await expect.element(cell('0:0')).toBeInTheDocument();
  await expect.element(grid).toHaveAttribute('aria-rowcount', String(tenMillion + 1));
  grid.element().focus();
  await userEvent.keyboard('{Control>}{End}{/Control}');
  await expect.element(cell('9999999:2')).toBeInTheDocument();
  expect(isInFrame('9999999:2')).toBe(true);
  await expect.element(cell('9999999:2')).toHaveClass('active');
  await userEvent.keyboard('{ArrowUp}{ArrowUp}{Home}');
  await expect.element(cell('9999997:0')).toHaveClass('active');
  await userEvent.keyboard('{Control>}{Home}{/Control}');
  await expect.element(cell('0:0')).toHaveClass('active');
  expect(isInFrame('0:0')).toBe(true);
});

test('any row is gone to exactly, and a turn of the wheel moves by the rows it should', async () => {
  const { table, grid } = open(numbered(tenMillion, 2), 2);
  await expect.element(cell('0:0')).toBeInTheDocument();
  for (const row of [7, 123_456, 5_000_001, 9_876_543]) {
    table.goToRow(row);
    await expect.element(cell(`${row}:0`)).toBeInTheDocument();
    expect(isInFrame(`${row}:0`)).toBe(true);
  }
  grid.element().scrollTop += 320; // ten rows of 32 px
  await expect.element(cell('9876553:0')).toBeInTheDocument();
  await new Promise((resolve) => setTimeout(resolve, 300)); // past the rest that settles it
  expect(isInFrame('9876553:0')).toBe(true);
});

test('only what is in view is drawn and fetched', async () => {
  const source = numbered(1_000_000, 500);
  const { table } = open(source, 500);
  await expect.element(cell('0:0')).toBeInTheDocument();
  table.goToRow(500_000);
  await expect.element(cell('500000:0')).toBeInTheDocument();
  expect(page.getByRole('gridcell').elements().length).toBeLessThan(2000);
  expect(source.asked.length).toBeLessThan(10);
});

test('columns far to the right are reached, and lie under their headings', async () => {
  const { grid } = open(numbered(100, 500), 500);
  await expect.element(cell('0:0')).toBeInTheDocument();
  grid.element().focus();
  await userEvent.keyboard('{End}');
  await expect.element(cell('0:499')).toHaveClass('active');
  const heading = page.getByRole('columnheader', { name: 'c499' }).element();
  const left = (element: Element) => Math.round(element.getBoundingClientRect().left);
  expect(left(heading)).toBe(left(cell('0:499').element()));
});

test('the last row is not hidden behind a scrollbar', async () => {
  const { grid } = open(numbered(100, 60), 60);
  await expect.element(cell('0:0')).toBeInTheDocument();
  const frame = grid.element();
  frame.scrollTop = frame.scrollHeight;
  await expect.element(cell('99:0')).toBeInTheDocument();
  const bottom = frame.getBoundingClientRect().top + frame.clientTop + frame.clientHeight;
  expect(cell('99:0').element().getBoundingClientRect().bottom).toBeLessThanOrEqual(bottom + 1);
});

test('rows that can’t be read say why, and can be asked for again', async () => {
  let isBroken = true;
  const good = numbered(50, 1);
  const source: RowSource = {
    total: 50,
    fetch: (start, count) =>
      isBroken
        ? Promise.reject(new StudioError('corrupt', 'block 0 of "c0" has another digest'))
        : good.fetch(start, count),
  };
  open(source, 1);
  await expect.element(page.getByRole('alert')).toHaveTextContent('block 0 of "c0"');
  isBroken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.element(cell('0:0')).toBeInTheDocument();
});
