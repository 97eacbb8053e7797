/**
 * What tfjs's wasm backend lacks for training, filled in so that stock tfjs can be timed at all: the gradient of a
 * convolution's filter as one of its own matrix products over patches, the rest as plain loops over its heap.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  getKernel,
  registerKernel,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

type Conv2DInfo = backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

const kernels: Record<string, KernelFunc> = {
  Conv2DBackpropFilter: ({ inputs, attrs, backend }) =>
    filterGradient(
      infoOf(attrs, given(inputs['x']).shape, attrs?.['filterShape'], false),
      ...operands(inputs, 'x', 'dy'),
      wasmOf(backend),
    ),
  DepthwiseConv2dNativeBackpropFilter: ({ inputs, attrs, backend }) =>
    depthwiseFilterGradient(
      infoOf(attrs, given(inputs['x']).shape, attrs?.['filterShape'], true),
      ...operands(inputs, 'x', 'dy'),
      wasmOf(backend),
    ),
  DepthwiseConv2dNativeBackpropInput: ({ inputs, attrs, backend }) =>
    depthwiseInputGradient(
      infoOf(attrs, attrs?.['inputShape'], given(inputs['filter']).shape, true),
      ...operands(inputs, 'dy', 'filter'),
      wasmOf(backend),
    ),
  UnsortedSegmentSum: ({ inputs, attrs, backend }) =>
    segmentSum(
      ...operands(inputs, 'x', 'segmentIds'),
      attrs?.['numSegments'] as number,
      wasmOf(backend),
    ),
};

/** @returns the names of those that were missing */
export function fillInKernels(): string[] {
  const missing = Object.keys(kernels).filter((name) => !kernelOf(name));
  for (const kernelName of missing)
    registerKernel({ kernelName, backendName: 'wasm', kernelFunc: given(kernels[kernelName]) });
  return missing;
}

/** Patches of the input, [height · width · channels of a patch, places], times the gradient, [places, filters]. */
function filterGradient(
  info: Conv2DInfo,
  x: TensorInfo,
  dy: TensorInfo,
  backend: BackendWasm,
): TensorInfo {
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const places = info.batchSize * info.outHeight * info.outWidth;
  const size = filterHeight * filterWidth * inChannels;
  const patches = backend.makeOutput([1, size, places], 'float32');
  const [from, to] = [floatsOf(backend, x), floatsOf(backend, patches)];
  to.fill(0);
  for (let tap = 0; tap < filterHeight * filterWidth; tap++)
    for (let c = 0; c < inChannels; c++) copyTap(info, from, to, tap, c, places);
  const product = given(kernelOf('BatchMatMul')).kernelFunc({
    inputs: { a: patches, b: { ...dy, shape: [1, places, outChannels] } },
    attrs: { transposeA: false, transposeB: false },
    backend,
  }) as TensorInfo; // it has one output
  backend.disposeData(patches.dataId);
  return { ...product, shape: info.filterShape };
}

/** What one place of the filter, in one channel, lies on at every place of the output. */
function copyTap(
  info: Conv2DInfo,
  from: Float32Array,
  to: Float32Array,
  tap: number,
  channel: number,
  places: number,
) {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = info;
  const { filterWidth, strideHeight, strideWidth, padInfo } = info;
  const top = Math.floor(tap / filterWidth) - padInfo.top;
  const left = (tap % filterWidth) - padInfo.left;
  let at = (tap * inChannels + channel) * places;
  for (let n = 0; n < batchSize; n++)
    for (let i = 0; i < outHeight; i++) {
      const y = i * strideHeight + top;
      const row = (n * inHeight + y) * inWidth;
      const isInside = y >= 0 && y < inHeight;
      for (let j = 0; j < outWidth; j++, at++) {
        const x = j * strideWidth + left;
        if (isInside && x >= 0 && x < inWidth) to[at] = from[(row + x) * inChannels + channel] ?? 0;
      }
    }
}

function depthwiseFilterGradient(
  info: Conv2DInfo,
  x: TensorInfo,
  dy: TensorInfo,
  backend: BackendWasm,
): TensorInfo {
  const out = backend.makeOutput(info.filterShape, 'float32');
  const [values, slopes, sums] = [x, dy, out].map((one) => floatsOf(backend, one)) as Floats3;
  sums.fill(0);
  const channels = info.inChannels;
  eachPlace(info, (place) => {
    eachTap(info, place, (input, tap) => {
      for (let c = 0; c < channels; c++) {
        const at = tap * channels + c;
        sums[at] =
          (sums[at] ?? 0) +
          (values[input * channels + c] ?? 0) * (slopes[place.index * channels + c] ?? 0);
      }
    });
  });
  return out;
}

function depthwiseInputGradient(
  info: Conv2DInfo,
  dy: TensorInfo,
  filter: TensorInfo,
  backend: BackendWasm,
): TensorInfo {
  const out = backend.makeOutput(info.inShape, 'float32');
  const [slopes, taps, sums] = [dy, filter, out].map((one) => floatsOf(backend, one)) as Floats3;
  sums.fill(0);
  const channels = info.inChannels;
  eachPlace(info, (place) => {
    eachTap(info, place, (input, tap) => {
      for (let c = 0; c < channels; c++) {
        const at = input * channels + c;
        sums[at] =
          (sums[at] ?? 0) +
          (taps[tap * channels + c] ?? 0) * (slopes[place.index * channels + c] ?? 0);
      }
    });
  });
  return out;
}

function segmentSum(
  x: TensorInfo,
  segmentIds: TensorInfo,
  segments: number,
  backend: BackendWasm,
): TensorInfo {
  const shape = x.shape.slice(1);
  const width = shape.reduce((product, length) => product * length, 1);
  const out = backend.makeOutput([segments, ...shape], x.dtype);
  const [values, sums] = [floatsOf(backend, x), floatsOf(backend, out)];
  const ids = backend.typedArrayFromHeap(segmentIds);
  sums.fill(0);
  for (let row = 0; row < ids.length; row++) {
    const to = (ids[row] ?? 0) * width;
    for (let i = 0; i < width; i++)
      sums[to + i] = (sums[to + i] ?? 0) + (values[row * width + i] ?? 0);
  }
  return out;
}

interface Place {
  example: number;
  y: number;
  x: number;
  /** Among all places of the output. */
  index: number;
}

function eachPlace(info: Conv2DInfo, visit: (place: Place) => void) {
  const place: Place = { example: 0, y: 0, x: 0, index: 0 };
  for (place.example = 0; place.example < info.batchSize; place.example++)
    for (place.y = 0; place.y < info.outHeight; place.y++)
      for (place.x = 0; place.x < info.outWidth; place.x++) {
        visit(place);
        place.index++;
      }
}

/** @param visit is given a place of the input that the window covers, and which of the filter's places lies on it */
function eachTap(info: Conv2DInfo, place: Place, visit: (input: number, tap: number) => void) {
  const { inHeight, inWidth, filterHeight, filterWidth, padInfo } = info;
  const top = place.y * info.strideHeight - padInfo.top;
  const left = place.x * info.strideWidth - padInfo.left;
  for (let i = 0; i < filterHeight; i++) {
    const y = top + i;
    if (y < 0 || y >= inHeight) continue;
    for (let j = 0; j < filterWidth; j++) {
      const x = left + j;
      if (x < 0 || x >= inWidth) continue;
      visit((place.example * inHeight + y) * inWidth + x, i * filterWidth + j);
    }
  }
}

function infoOf(
  attrs: NamedAttrMap | undefined,
  inShape: unknown,
  filterShape: unknown,
  isDepthwise: boolean,
): Conv2DInfo {
  const { strides, pad, dilations = 1, dimRoundingMode } = attrs as unknown as WindowAttributes; // of tfjs's convolutions
  const info = backend_util.computeConv2DInfo(
    inShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    isDepthwise,
  );
  if (
    info.dilationHeight > 1 ||
    info.dilationWidth > 1 ||
    (isDepthwise && info.outChannels !== info.inChannels)
  )
    throw new Error('the benchmark needs neither dilation nor a channel multiplier');
  return info;
}

interface WindowAttributes {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Floats3 = [Float32Array, Float32Array, Float32Array];

function operands(
  inputs: Partial<Record<string, TensorInfo>>,
  a: string,
  b: string,
): [TensorInfo, TensorInfo] {
  return [given(inputs[a]), given(inputs[b])];
}

/** tfjs's types promise a kernel for every name; there is none for many. */
function kernelOf(name: string): KernelConfig | undefined {
  return getKernel(name, 'wasm');
}

/** The kernels here are registered for this backend alone. */
function wasmOf(backend: unknown): BackendWasm {
  return backend as BackendWasm;
}

function floatsOf(backend: BackendWasm, info: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array; // all here are float32
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a kernel was given too little');
  return value;
}
