/** Guards for networks as they come from a form, a script, storage or a file. Sizes are capped before anything is built. */
import * as v from 'valibot';
import { StudioError } from '../lib/errors.ts';
import { activations, initializers, type LayerSpec, type NetworkSpec } from './spec.ts';

const mostUnits = 65_536;
const mostParameters = 200_000_000;

export const layerSchema: v.GenericSchema<unknown, LayerSpec> = v.variant('type', [
  v.strictObject({
    type: v.literal('dense'),
    units: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostUnits)),
    activation: v.picklist(activations),
    useBias: v.exactOptional(v.boolean()),
    initializer: v.exactOptional(v.picklist(initializers)),
  }),
  v.strictObject({
    type: v.literal('dropout'),
    rate: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  }),
  v.strictObject({ type: v.literal('batch-norm') }),
  v.strictObject({ type: v.literal('layer-norm') }),
]);

export const networkSchema: v.GenericSchema<unknown, NetworkSpec> = v.strictObject({
  inputShape: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
    v.minLength(1),
    v.maxLength(4),
  ),
  layers: v.pipe(v.array(layerSchema), v.minLength(1), v.maxLength(101)),
});

/** How many numbers training adjusts. @throws StudioError `bad-config` for a network that is too large to build */
export function parameterCount({ inputShape, layers }: NetworkSpec): number {
  let width = inputShape.reduce((product, size) => product * size, 1);
  let total = 0;
  for (const layer of layers) {
    switch (layer.type) {
      case 'dense':
        total += (width + (layer.useBias === false ? 0 : 1)) * layer.units;
        width = layer.units;
        break;
      case 'batch-norm':
      case 'layer-norm':
        total += 2 * width;
        break;
      case 'dropout':
        break;
      default:
        layer satisfies never;
    }
  }
  if (total <= mostParameters) return total;
  throw new StudioError(
    'bad-config',
    `The network would have ${total} parameters; at most ${mostParameters} can be trained here`,
  );
}
