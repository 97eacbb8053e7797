/**
 * The WebAssembly module of the training kernels, and what it exports; what each does stands beside it in
 * <name>/assembly.ts. Longer than other files: it is one list of signatures.
 */
import { relaxed, simd } from 'virtual:training-kernels';

/** A boolean, as WebAssembly takes it. */
type Flag = 0 | 1;

/** Places are in bytes, sizes and strides in floats. */
export interface Kernels {
  activate(z: number, y: number, count: number, kind: number): void;
  activationGradient(z: number, y: number, gradient: number, count: number, kind: number): void;
  addBias(x: number, bias: number, rows: number, columns: number): void;
  addBiasActivate(
    z: number,
    bias: number,
    y: number,
    rows: number,
    columns: number,
    kind: number,
  ): void;
  biasActivationGradient(
    z: number,
    y: number,
    gradient: number,
    biasGradient: number,
    rows: number,
    columns: number,
    kind: number,
  ): void;
  attend(
    all: number,
    mask: number,
    shares: number,
    mixed: number,
    batch: number,
    steps: number,
    width: number,
    heads: number,
    isCausal: Flag,
    scratch: number,
  ): void;
  attendGradient(
    all: number,
    shares: number,
    gradient: number,
    allGradient: number,
    batch: number,
    steps: number,
    width: number,
    heads: number,
    scratch: number,
  ): void;
  attentionScratch(steps: number, depth: number): number;
  convolutionScratch(window: number, filters: number): number;
  convolve(
    x: number,
    kernel: number,
    y: number,
    window: number,
    batch: number,
    filters: number,
    scratch: number,
  ): void;
  convolveInputGradient(
    gradient: number,
    kernel: number,
    inputGradient: number,
    window: number,
    batch: number,
    filters: number,
    accumulate: Flag,
    scratch: number,
  ): void;
  convolveKernelGradient(
    x: number,
    gradient: number,
    kernelGradient: number,
    window: number,
    batch: number,
    filters: number,
    scratch: number,
  ): void;
  addConvolveKernelGradient(
    x: number,
    gradient: number,
    kernelGradient: number,
    window: number,
    batch: number,
    filters: number,
    scratch: number,
  ): void;
  addInto(a: number, b: number, count: number): void;
  clear(at: number, count: number): void;
  columnSums(values: number, rows: number, columns: number, sums: number): void;
  copy(from: number, to: number, count: number): void;
  copyRows(
    from: number,
    rowsFrom: number,
    to: number,
    rowsTo: number,
    rows: number,
    columns: number,
    accumulate: Flag,
  ): void;
  multiply(a: number, b: number, count: number): void;
  scale(a: number, factor: number, count: number): void;
  sumOfSquares(a: number, count: number): number;
  swapOuter(
    from: number,
    to: number,
    outer: number,
    inner: number,
    columns: number,
    accumulate: Flag,
  ): void;
  denseKernelGradient(
    x: number,
    slope: number,
    kernelGradient: number,
    rows: number,
    units: number,
    width: number,
    inputs: number,
    scratch: number,
  ): void;
  denseGradientScratch(rows: number, units: number, width: number): number;
  dense(
    x: number,
    kernel: number,
    bias: number,
    z: number,
    y: number,
    rows: number,
    units: number,
    width: number,
    kind: number,
    scratch: number,
  ): void;
  denseScratch(rows: number, units: number, width: number): number;
  densePacked(
    x: number,
    kernel: number,
    bias: number,
    z: number,
    y: number,
    rows: number,
    units: number,
    width: number,
    kind: number,
    scratch: number,
  ): void;
  depthwise(x: number, kernel: number, y: number, window: number, batch: number): void;
  depthwiseInputGradient(
    gradient: number,
    kernel: number,
    inputGradient: number,
    window: number,
    batch: number,
    accumulate: Flag,
  ): void;
  depthwiseKernelGradient(
    x: number,
    gradient: number,
    kernelGradient: number,
    window: number,
    batch: number,
  ): void;
  addDepthwiseKernelGradient(
    x: number,
    gradient: number,
    kernelGradient: number,
    window: number,
    batch: number,
  ): void;
  dropout(
    x: number,
    y: number,
    mask: number,
    count: number,
    key: number,
    place: number,
    first: number,
    least: number,
    kept: number,
  ): void;
  embed(
    tokens: number,
    table: number,
    y: number,
    mask: number,
    count: number,
    columns: number,
    rows: number,
  ): void;
  embedGradient(
    tokens: number,
    gradient: number,
    tableGradient: number,
    count: number,
    columns: number,
    rows: number,
  ): void;
  segmentSum(
    numbers: number,
    x: number,
    y: number,
    rows: number,
    places: number,
    columns: number,
    segments: number,
  ): void;
  factorisePairs(
    users: number,
    items: number,
    others: number,
    weights: number,
    table: number,
    gradient: number,
    count: number,
    userCount: number,
    itemCount: number,
    factors: number,
    scale: number,
  ): number;
  factoriseValues(
    users: number,
    items: number,
    values: number,
    weights: number,
    table: number,
    gradient: number,
    count: number,
    userCount: number,
    itemCount: number,
    factors: number,
    constant: number,
    scale: number,
  ): number;
  gemm(
    a: number,
    rowsA: number,
    columnsA: number,
    b: number,
    rowsB: number,
    columnsB: number,
    c: number,
    rowsC: number,
    m: number,
    n: number,
    k: number,
    accumulate: Flag,
    scratch: number,
  ): void;
  gemmPacked(
    a: number,
    rowsA: number,
    columnsA: number,
    packedB: number,
    c: number,
    rowsC: number,
    m: number,
    n: number,
    k: number,
    accumulate: Flag,
    scratch: number,
  ): void;
  gemmScratch(m: number, n: number, k: number): number;
  /** Of `dense` too, which packs its whole kernel. */
  packB(b: number, rowsB: number, columnsB: number, n: number, k: number, to: number): void;
  binaryLoss(
    logits: number,
    targets: number,
    weights: number,
    gradient: number,
    rows: number,
    scale: number,
  ): number;
  categoricalLoss(
    logits: number,
    targets: number,
    weights: number,
    gradient: number,
    rows: number,
    classes: number,
    scale: number,
  ): number;
  regularise(gradient: number, weight: number, count: number, l2: number, l1: number): void;
  squaredLoss(
    outputs: number,
    targets: number,
    weights: number,
    gradient: number,
    rows: number,
    scale: number,
  ): number;
  batchNorm(
    x: number,
    gamma: number,
    beta: number,
    movingMean: number,
    movingVariance: number,
    y: number,
    centre: number,
    spread: number,
    rows: number,
    columns: number,
    epsilon: number,
    momentum: number,
  ): void;
  batchNormFixed(
    x: number,
    gamma: number,
    beta: number,
    movingMean: number,
    movingVariance: number,
    y: number,
    spread: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  batchNormGradient(
    x: number,
    gamma: number,
    centre: number,
    spread: number,
    gradient: number,
    gammaGradient: number,
    betaGradient: number,
    inputGradient: number,
    rows: number,
    columns: number,
    accumulate: Flag,
  ): void;
  layerNorm(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    centre: number,
    spread: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  layerNormGradient(
    x: number,
    gamma: number,
    centre: number,
    spread: number,
    gradient: number,
    gammaGradient: number,
    betaGradient: number,
    inputGradient: number,
    rows: number,
    columns: number,
    accumulate: Flag,
  ): void;
  averagePool(x: number, y: number, window: number, batch: number): void;
  averagePoolGradient(
    gradient: number,
    inputGradient: number,
    window: number,
    batch: number,
    accumulate: Flag,
  ): void;
  globalAverage(
    x: number,
    mask: number,
    y: number,
    batch: number,
    places: number,
    columns: number,
  ): void;
  globalAverageGradient(
    gradient: number,
    mask: number,
    inputGradient: number,
    batch: number,
    places: number,
    columns: number,
    accumulate: Flag,
  ): void;
  globalMax(
    x: number,
    mask: number,
    y: number,
    chosen: number,
    batch: number,
    places: number,
    columns: number,
  ): void;
  globalMaxGradient(
    gradient: number,
    chosen: number,
    inputGradient: number,
    batch: number,
    places: number,
    columns: number,
    accumulate: Flag,
  ): void;
  maxPool(x: number, y: number, chosen: number, window: number, batch: number): void;
  maxPoolGradient(
    gradient: number,
    chosen: number,
    inputGradient: number,
    window: number,
    batch: number,
    accumulate: Flag,
  ): void;
  gru(
    gates: number,
    recurrent: number,
    recurrentBias: number,
    inner: number,
    hidden: number,
    mask: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    scratch: number,
  ): void;
  gruSteps(
    gates: number,
    recurrent: number,
    recurrentBias: number,
    inner: number,
    hidden: number,
    mask: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    first: number,
    last: number,
    scratch: number,
  ): void;
  gruGradient(
    gates: number,
    recurrent: number,
    inner: number,
    hidden: number,
    mask: number,
    outer: number,
    isOfLast: Flag,
    slope: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    scratch: number,
  ): void;
  gruGradientSteps(
    gates: number,
    recurrent: number,
    inner: number,
    hidden: number,
    mask: number,
    outer: number,
    isOfLast: Flag,
    slope: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    first: number,
    last: number,
    scratch: number,
  ): void;
  lstm(
    gates: number,
    recurrent: number,
    hidden: number,
    cell: number,
    mask: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    scratch: number,
  ): void;
  lstmSteps(
    gates: number,
    recurrent: number,
    hidden: number,
    cell: number,
    mask: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    first: number,
    last: number,
    scratch: number,
  ): void;
  lstmGradient(
    gates: number,
    recurrent: number,
    cell: number,
    mask: number,
    outer: number,
    isOfLast: Flag,
    slope: number,
    cellSlope: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    scratch: number,
  ): void;
  lstmGradientSteps(
    gates: number,
    recurrent: number,
    cell: number,
    mask: number,
    outer: number,
    isOfLast: Flag,
    slope: number,
    cellSlope: number,
    steps: number,
    rows: number,
    units: number,
    isBackward: Flag,
    first: number,
    last: number,
    scratch: number,
  ): void;
  recurrentScratch(rows: number, units: number, gates: number): number;
  clip(gradient: number, count: number, limit: number): void;
  clipNorm(gradient: number, count: number, limit: number): void;
  updateAdam(
    weight: number,
    gradient: number,
    first: number,
    second: number,
    count: number,
    stepSize: number,
    correction: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    decay: number,
    shrink: number,
  ): void;
  updateRmsprop(
    weight: number,
    gradient: number,
    average: number,
    count: number,
    rate: number,
    decay: number,
    epsilon: number,
    weightDecay: number,
  ): void;
  updateSgd(
    weight: number,
    gradient: number,
    velocity: number,
    count: number,
    rate: number,
    momentum: number,
    nesterov: Flag,
    decay: number,
  ): void;
}

let compiled: WebAssembly.Module | null | undefined;

/** With relaxed SIMD where there is some: a multiply and an add in one. Null where WebAssembly has no vectors. */
export function kernelModule(): WebAssembly.Module | null {
  if (compiled !== undefined) return compiled;
  for (const code of [relaxed, simd]) {
    const bytes = Uint8Array.from(code, (byte) => byte.charCodeAt(0));
    if (WebAssembly.validate(bytes)) return (compiled = new WebAssembly.Module(bytes));
  }
  return (compiled = null);
}

/** Takes over what another thread has compiled, with the machine code that it has by now. */
export function adoptKernelModule(module: WebAssembly.Module) {
  compiled = module;
}
