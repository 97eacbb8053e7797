/**
 * Sums and maxima over a workgroup, as WGSL functions that every thread calls at once: within subgroups where the
 * device has them, in halves between barriers where not. Either order of summation is fixed on a device.
 */

export interface Reduction {
  /** Threads, at `index` = lane · columns + column; a power of two lanes. */
  lanes: number;
  /** Each is reduced by itself; 1 unless told. */
  columns?: number;
  of: 'f32' | 'vec2f';
  /** Whether `largest` is needed too. */
  hasLargest?: boolean;
}

/** The least that `largest` gives. */
const lowest = '-3.0e38';

/**
 * `fn total(value: T, index: u32) -> T`, and `fn largest` likewise: over the thread's column, given to all of its
 * threads.
 */
export function reductionCode(reduction: Reduction, hasSubgroups: boolean): string {
  const { lanes, columns = 1, of, hasLargest = false } = reduction;
  const form = hasSubgroups ? inSubgroups : inHalves;
  return [
    hasSubgroups ? rankCode : '',
    `var<workgroup> reduced: array<${of}, ${lanes * columns}>; // [lanes, columns]`,
    form('total', reduction, {
      start: `${of}()`,
      join: (a, b) => `${a} + ${b}`,
      subgroup: 'subgroupAdd',
    }),
    hasLargest
      ? form('largest', reduction, {
          start: `${of}(${lowest})`,
          join: (a, b) => `max(${a}, ${b})`,
          subgroup: 'subgroupMax',
        })
      : '',
  ].join('\n');
}

interface Join {
  /** Of nothing. */
  start: string;
  join: (a: string, b: string) => string;
  /** The same over a subgroup. */
  subgroup: string;
}

function inHalves(name: string, { lanes, columns = 1, of }: Reduction, { join }: Join): string {
  return `
fn ${name}(value: ${of}, index: u32) -> ${of} {
  workgroupBarrier();
  reduced[index] = value;
  for (var half = ${(lanes * columns) / 2}u; half >= ${columns}; half /= 2) {
    workgroupBarrier();
    if (index < half) { reduced[index] = ${join('reduced[index]', 'reduced[index + half]')}; }
  }
  workgroupBarrier();
  return reduced[index % ${columns}];
}`;
}

/**
 * How large a subgroup is, and which threads are in it, is up to the device and may differ from shader to shader: a
 * thread knows its place among those that are there, and nothing else.
 */
const rankCode = `
struct Rank { own: u32, count: u32 }
fn rankInSubgroup() -> Rank { return Rank(subgroupExclusiveAdd(1u), subgroupAdd(1u)); }`;

/** Each subgroup reads all, so that each thread has the result without waiting for others again. */
function inSubgroups(
  name: string,
  { lanes, columns = 1, of }: Reduction,
  { start, join, subgroup }: Join,
): string {
  return `
fn ${name}(value: ${of}, index: u32) -> ${of} {
  workgroupBarrier();
  reduced[index] = value;
  workgroupBarrier();
  let rank = rankInSubgroup();
  var own = ${start};
  for (var column = 0u; column < ${columns}; column++) {
    var part = ${start};
    for (var lane = rank.own; lane < ${lanes}; lane += rank.count) {
      part = ${join('part', `reduced[lane * ${columns} + column]`)};
    }
    let all = ${subgroup}(part);
    if (column == index % ${columns}) { own = all; }
  }
  return own;
}`;
}
