/** The networks, from tokens [steps] to what is wanted next at each step [steps, units]. */
import type { LayerSpec, NetworkSpec } from '../../../models/spec.ts';
import type { SequentialSettings } from '../../settings/sequential.ts';

export type SequentialKind = 'sasrec' | 'gru4rec';

export function sequentialNetwork(
  kind: SequentialKind,
  settings: SequentialSettings,
  items: number,
): NetworkSpec {
  const { steps, units, dropout: rate } = settings;
  const start: LayerSpec[] = [{ type: 'embedding', tokens: items + 1, units, hasMask: true }];
  switch (kind) {
    case 'sasrec': {
      const layers: LayerSpec[] = [
        ...start,
        { type: 'position-embedding' },
        { type: 'dropout', rate },
      ];
      for (let i = 0; i < settings.blocks; i++) layers.push(...block(layers.length - 1, settings));
      return { inputShape: [steps], layers: [...layers, { type: 'layer-norm' }] };
    }
    case 'gru4rec':
      return {
        inputShape: [steps],
        layers: [
          ...start,
          { type: 'dropout', rate },
          { type: 'gru', units, returnsSequence: true },
          { type: 'dropout', rate },
          { type: 'dense', units, activation: 'linear' },
        ],
      };
  }
}

/**
 * Attention of earlier steps and two dense layers, each beside a way around it (Kang and McAuley 2018), norms first.
 * @param x the place of the layer before
 */
function block(x: number, { units, heads, dropout: rate }: SequentialSettings): LayerSpec[] {
  return [
    { type: 'layer-norm' },
    { type: 'attention', heads, isCausal: true },
    { type: 'dropout', rate },
    { type: 'add', from: [x, x + 3] },
    { type: 'layer-norm' },
    { type: 'dense', units, activation: 'relu' },
    { type: 'dense', units, activation: 'linear' },
    { type: 'dropout', rate },
    { type: 'add', from: [x + 4, x + 8] },
  ];
}
