/**
 * Matrix factorisation on WebGPU, as factorisation/assembly.ts has it: each example's slope, then the gradients of
 * all rows of the tables that the batch meets, then the loss. Nothing is added by several threads at once.
 */
import {
  each,
  lineCode,
  lineGroups,
  type Arguments,
  type Pass,
  type Shaders,
} from '../webgpu/shader.ts';

const threads = 64;
const lossThreads = 256;

/** The slopes of the examples [count], then their losses, in the room that passes share. */
const spare = ({ count = 0 }: Arguments) => 2 * count;

/** Rows within the tables, whatever the data says, and where things lie in them. */
const tableCode = `
fn userAt(i: i32) -> i32 { return clamp(i32(heap[p.users + i]), 0, p.userCount - 1); }
fn ofUser(user: i32) -> i32 { return user * p.factors; }
fn ofItem(item: i32) -> i32 { return (p.userCount + item) * p.factors; }
fn userBias(user: i32) -> i32 { return (p.userCount + p.itemCount) * p.factors + user; }
fn itemBias(item: i32) -> i32 { return userBias(p.userCount) + item; }
fn dotOf(a: i32, b: i32) -> f32 {
  var sum = 0.0;
  for (var k = 0; k < p.factors; k++) { sum += heap[p.table + a + k] * heap[p.table + b + k]; }
  return sum;
}`;

const lossPass = (name: string): Pass => ({
  name,
  code: `
@compute @workgroup_size(${lossThreads})
fn main(@builtin(local_invocation_index) index: u32) {
  var sum = 0.0;
  for (var i = i32(index); i < p.count; i += ${lossThreads}) { sum += heap[p.spare + p.count + i]; }
  sum = total(sum, index);
  if (index == 0) { heap[p.loss] = sum; }
}
`,
  reduction: { lanes: lossThreads, of: 'f32' },
  workgroups: () => [1],
});

/**
 * A workgroup for each place in a list of rows: where the row comes for the first time, it adds up what all places
 * with that row give. So no two write to one row, and the sum has the same order every time.
 * @param places how many there are
 * @param code WGSL: `fn placeCount() -> i32`, `fn rowAt(place: i32) -> i32`; what a place gives, to a factor of its row
 * and to its bias: `fn share(place: i32, k: i32) -> f32`, `fn biasShare(place: i32) -> f32`; and where these lie in
 * the gradient: `fn factorsOf(row: i32) -> i32`, `fn biasOf(row: i32) -> i32`
 */
const scatterPass = (name: string, places: (p: Arguments) => number, code: string): Pass => ({
  name,
  code: `${tableCode}
${code}
var<workgroup> isSeen: atomic<u32>;
var<workgroup> isDone: u32; // the same, once all have looked
var<workgroup> matches: array<u32, ${threads}>; // a bit for each place that a thread looked at
var<workgroup> found: array<atomic<u32>, 2>; // a bit for each thread that has some
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let place = ${lineCode};
  let last = placeCount();
  if (place >= last) { return; }
  let row = rowAt(place);
  for (var other = i32(index); other < place; other += ${threads}) {
    if (rowAt(other) == row) { atomicStore(&isSeen, 1u); }
  }
  workgroupBarrier();
  if (index == 0) { isDone = atomicLoad(&isSeen); }
  if (workgroupUniformLoad(&isDone) != 0) { return; }
  for (var first = 0; first < p.factors; first += ${threads}) {
    let k = first + i32(index);
    let hasBias = k == 0;
    var sum = 0.0;
    var biasSum = 0.0;
    for (var start = place; start < last; start += ${32 * threads}) {
      var own = 0u;
      for (var bit = 0; bit < min(32, (last - start + ${threads - 1}) / ${threads}); bit++) {
        let other = start + ${threads} * bit + i32(index);
        if (other < last && rowAt(other) == row) { own |= 1u << u32(bit); }
      }
      workgroupBarrier();
      if (index < 2) { atomicStore(&found[index], 0u); }
      workgroupBarrier();
      matches[index] = own;
      if (own != 0) { atomicOr(&found[index / 32], 1u << (index % 32)); }
      workgroupBarrier();
      for (var half = 0; half < 2; half++) {
        var finders = atomicLoad(&found[half]);
        while (finders != 0) {
          let thread = 32 * half + i32(firstTrailingBit(finders));
          finders &= finders - 1;
          var bits = matches[thread];
          while (bits != 0) {
            let match_ = start + ${threads} * i32(firstTrailingBit(bits)) + thread;
            bits &= bits - 1;
            if (k < p.factors) { sum += share(match_, k); }
            if (hasBias) { biasSum += biasShare(match_); }
          }
        }
      }
    }
    if (k < p.factors) { heap[p.gradient + factorsOf(row) + k] += sum; }
    if (hasBias) { heap[p.gradient + biasOf(row)] += biasSum; }
  }
}
`,
  workgroups: (p) => lineGroups(places(p)),
});

const userRows = `
fn placeCount() -> i32 { return p.count; }
fn rowAt(place: i32) -> i32 { return userAt(place); }
fn factorsOf(row: i32) -> i32 { return ofUser(row); }
fn biasOf(row: i32) -> i32 { return userBias(row); }`;
const itemRows = `
fn factorsOf(row: i32) -> i32 { return ofItem(row); }
fn biasOf(row: i32) -> i32 { return itemBias(row); }`;

const valueCode = `
fn itemAt(i: i32) -> i32 { return clamp(i32(heap[p.items + i]), 0, p.itemCount - 1); }`;
/** Items, then the others that they are compared with. */
const pairCode = `
fn itemAt(i: i32) -> i32 {
  let from_ = select(p.others - p.count, p.items, i < p.count);
  return clamp(i32(heap[from_ + i]), 0, p.itemCount - 1);
}`;

const sizes = ['count', 'userCount', 'itemCount', 'factors'];

export const factorisationShaders = {
  factoriseValues: {
    parameters: [
      ...['users', 'items', 'values', 'weights', 'table', 'gradient', ...sizes],
      ...['constant', 'scale'],
    ],
    places: ['users', 'items', 'values', 'weights', 'table', 'gradient'],
    floats: ['constant', 'scale'],
    givesLoss: true,
    spare,
    passes: [
      each(
        'factorise values, slopes',
        ['count'],
        `let user = userAt(i);
    let item = itemAt(i);
    let biases = heap[p.table + userBias(user)] + heap[p.table + itemBias(item)];
    let error = dotOf(ofUser(user), ofItem(item)) + biases + p.constant - heap[p.values + i];
    let weight = heap[p.weights + i];
    heap[p.spare + i] = p.scale * weight * 2.0 * error;
    heap[p.spare + p.count + i] = weight * error * error;`,
        tableCode + valueCode,
      ),
      scatterPass(
        'factorise values, gradient of users',
        ({ count = 0 }) => count,
        `${valueCode}${userRows}
fn share(i: i32, k: i32) -> f32 { return heap[p.spare + i] * heap[p.table + ofItem(itemAt(i)) + k]; }
fn biasShare(i: i32) -> f32 { return heap[p.spare + i]; }`,
      ),
      scatterPass(
        'factorise values, gradient of items',
        ({ count = 0 }) => count,
        `${valueCode}${itemRows}
fn placeCount() -> i32 { return p.count; }
fn rowAt(place: i32) -> i32 { return itemAt(place); }
fn share(i: i32, k: i32) -> f32 { return heap[p.spare + i] * heap[p.table + ofUser(userAt(i)) + k]; }
fn biasShare(i: i32) -> f32 { return heap[p.spare + i]; }`,
      ),
      lossPass('factorise values, loss'),
    ],
  },
  factorisePairs: {
    parameters: [
      ...['users', 'items', 'others', 'weights', 'table', 'gradient', ...sizes, 'scale'],
    ],
    places: ['users', 'items', 'others', 'weights', 'table', 'gradient'],
    floats: ['scale'],
    givesLoss: true,
    spare,
    passes: [
      each(
        'factorise pairs, slopes',
        ['count'],
        `let user = ofUser(userAt(i));
    let item = itemAt(i);
    let other = itemAt(p.count + i);
    let biases = heap[p.table + itemBias(item)] - heap[p.table + itemBias(other)];
    let difference = dotOf(user, ofItem(item)) - dotOf(user, ofItem(other)) + biases;
    let weight = heap[p.weights + i];
    let power = exp(-abs(difference));
    let answer = select(1.0, power, difference >= 0.0) / (1.0 + power);
    heap[p.spare + i] = -p.scale * weight * answer;
    heap[p.spare + p.count + i] = weight * (max(-difference, 0.0) + log(1.0 + power));`,
        tableCode + pairCode,
      ),
      scatterPass(
        'factorise pairs, gradient of users',
        ({ count = 0 }) => count,
        `${pairCode}${userRows}
fn share(i: i32, k: i32) -> f32 {
  let item = p.table + ofItem(itemAt(i));
  let other = p.table + ofItem(itemAt(p.count + i));
  return heap[p.spare + i] * (heap[item + k] - heap[other + k]);
}
fn biasShare(i: i32) -> f32 { return 0.0; }`,
      ),
      scatterPass(
        'factorise pairs, gradient of items',
        ({ count = 0 }) => 2 * count,
        `${pairCode}${itemRows}
fn placeCount() -> i32 { return 2 * p.count; }
fn rowAt(place: i32) -> i32 { return itemAt(place); }
fn biasShare(i: i32) -> f32 {
  return select(-heap[p.spare + i - p.count], heap[p.spare + i], i < p.count);
}
fn share(i: i32, k: i32) -> f32 {
  let example = select(i - p.count, i, i < p.count);
  return biasShare(i) * heap[p.table + ofUser(userAt(example)) + k];
}`,
      ),
      lossPass('factorise pairs, loss'),
    ],
  },
} satisfies Shaders;
