/** Guards for networks as they come from a form, a script, storage or a file. Sizes are capped before anything is built. */
import * as v from 'valibot';
import { StudioError } from '../lib/errors.ts';
import { summaryOf } from './layer-summary.ts';
import { activations, initializers, paddings, type LayerSpec, type NetworkSpec } from './spec.ts';

const mostUnits = 65_536;
const mostParameters = 200_000_000;
const mostTokens = 1_000_000;
const mostLayers = 512;

const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const from = v.exactOptional(
  v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(-1))), v.minLength(1), v.maxLength(16)),
);
const kernel = {
  activation: v.picklist(activations),
  useBias: v.exactOptional(v.boolean()),
  initializer: v.exactOptional(v.picklist(initializers)),
};
const perDimension = v.pipe(v.array(count(1024)), v.minLength(1), v.maxLength(2));
const window = {
  size: perDimension,
  strides: v.exactOptional(perDimension),
  padding: v.exactOptional(v.picklist(paddings)),
};
const flag = v.exactOptional(v.boolean());

export const layerSchema: v.GenericSchema<unknown, LayerSpec> = v.variant('type', [
  v.strictObject({ type: v.literal('dense'), units: count(mostUnits), ...kernel, from }),
  v.strictObject({ type: v.literal('activation'), activation: v.picklist(activations), from }),
  v.strictObject({
    type: v.literal('dropout'),
    rate: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
    from,
  }),
  v.strictObject({ type: v.literal('batch-norm'), from }),
  v.strictObject({ type: v.literal('layer-norm'), from }),
  v.strictObject({ type: v.literal('flatten'), from }),
  v.strictObject({
    type: v.literal('convolution'),
    filters: count(mostUnits),
    ...window,
    ...kernel,
    from,
  }),
  v.strictObject({ type: v.literal('depthwise-convolution'), ...window, ...kernel, from }),
  v.strictObject({
    type: v.literal('transposed-convolution'),
    filters: count(mostUnits),
    ...window,
    ...kernel,
    from,
  }),
  v.strictObject({ type: v.literal('max-pooling'), ...window, from }),
  v.strictObject({ type: v.literal('average-pooling'), ...window, from }),
  v.strictObject({ type: v.literal('global-max-pooling'), from }),
  v.strictObject({ type: v.literal('global-average-pooling'), from }),
  v.strictObject({
    type: v.literal('embedding'),
    tokens: count(mostTokens),
    units: count(mostUnits),
    hasMask: flag,
    from,
  }),
  v.strictObject({ type: v.literal('position-embedding'), from }),
  v.strictObject({
    type: v.picklist(['lstm', 'gru']),
    units: count(8192),
    returnsSequence: flag,
    isBidirectional: flag,
    from,
  }),
  v.strictObject({ type: v.literal('attention'), heads: count(256), isCausal: flag, from }),
  v.strictObject({ type: v.literal('add'), from }),
  v.strictObject({ type: v.literal('concatenate'), from }),
]);

export const networkSchema: v.GenericSchema<unknown, NetworkSpec> = v.strictObject({
  inputShape: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
    v.minLength(1),
    v.maxLength(4),
  ),
  layers: v.pipe(v.array(layerSchema), v.minLength(1), v.maxLength(mostLayers)),
});

/**
 * How many numbers training adjusts.
 * @throws StudioError `bad-config` for a network that is too large to build, or whose layers don't fit together
 */
export function parameterCount(spec: NetworkSpec): number {
  const total = summaryOf(spec).layers.reduce((sum, { trainable }) => sum + trainable, 0);
  if (total <= mostParameters) return total;
  throw new StudioError(
    'bad-config',
    `The network would have ${total} parameters; at most ${mostParameters} can be trained here`,
  );
}
