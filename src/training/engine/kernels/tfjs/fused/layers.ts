/** What layers do beside their products, by our kernels: embedding, bias and activation, attention, dropout, losses. */
import { sizeOf } from '../../../../../lib/shape.ts';
import { leastKept } from '../../../../../models/dropout-mask.ts';
import type { FusedLoss } from '../../../../../models/engine/fused/loss.ts';
import { activations, type Activation } from '../../../../../models/spec.ts';
import { asKernel, isFloat, type Inputs, type TensorKernel } from '../kernel.ts';
import { copyOf } from './norm.ts';

const embedding: TensorKernel<Inputs<'tokens' | 'table'>> = ({ tokens, table }, _, heap) => {
  if (!isFloat(tokens, table)) return null;
  const [rows = 0, columns = 1] = table.shape;
  const y = heap.output([...tokens.shape, columns]);
  const count = sizeOf(tokens.shape);
  heap.kernels.embed(
    ...([heap.at(tokens), heap.at(table), heap.at(y), 0, count, columns, rows] as const),
  );
  return y;
};

const embeddingGradient: TensorKernel<Inputs<'tokens' | 'dy'>, { rows: number }> = (
  { tokens, dy },
  { rows },
  heap,
) => {
  if (!isFloat(tokens, dy)) return null;
  const columns = dy.shape.at(-1) ?? 1;
  const gradient = heap.output([rows, columns]);
  const count = sizeOf(tokens.shape);
  heap.kernels.embedGradient(
    ...([heap.at(tokens), heap.at(dy), heap.at(gradient), count, columns, rows] as const),
  );
  return gradient;
};

/** The slopes of GELU and SiLU need what went in, the others only what came out. */
const needsSum = (activation: Activation) => activation === 'gelu' || activation === 'silu';

const biasActivation: TensorKernel<Inputs<'z', 'bias'>, { activation: Activation }> = (
  { z, bias },
  { activation },
  heap,
) => {
  if (!isFloat(z)) return null;
  const { kernels } = heap;
  const size = sizeOf(z.shape);
  const columns = z.shape.at(-1) ?? 1;
  const sum = copyOf(heap, z);
  const kind = activations.indexOf(activation);
  const y = needsSum(activation) ? heap.output(z.shape) : sum;
  if (size > 0)
    kernels.addBiasActivate(
      ...([heap.at(sum), bias ? heap.at(bias) : 0, heap.at(y)] as const),
      ...([size / columns, columns, kind] as const),
    );
  return y === sum ? [y] : [y, sum];
};

const biasActivationGradient: TensorKernel<
  Inputs<'y' | 'dy', 'sum'>,
  { activation: Activation; hasBias: boolean }
> = ({ y, sum, dy }, { activation, hasBias }, heap) => {
  if (!isFloat(y, dy)) return null;
  const { kernels } = heap;
  const size = sizeOf(y.shape);
  const columns = y.shape.at(-1) ?? 1;
  const dz = copyOf(heap, dy);
  const kind = activations.indexOf(activation);
  const [z, bent, slope] = [heap.at(sum ?? y), heap.at(y), heap.at(dz)];
  if (!hasBias) {
    if (kind !== 0) kernels.activationGradient(z, bent, slope, size, kind);
    return [dz];
  }
  const dBias = heap.output([columns]);
  const rows = sizeOf(y.shape.slice(0, -1));
  kernels.biasActivationGradient(z, bent, slope, heap.at(dBias), rows, columns, kind);
  return [dz, dBias];
};

const attention: TensorKernel<Inputs<'all', 'mask'>, { heads: number; isCausal: boolean }> = (
  { all, mask },
  { heads, isCausal },
  heap,
) => {
  if (!isFloat(all)) return null;
  const { kernels } = heap;
  const [batch = 0, steps = 0, wide = 0] = all.shape;
  const width = wide / 3;
  const mixed = heap.output([batch, steps, width]);
  const shares = heap.output([batch, heads, steps, steps]);
  const scratch = heap.scratch(kernels.attentionScratch(steps, width / heads));
  kernels.attend(
    ...([heap.at(all), mask ? heap.at(mask) : 0, heap.at(shares), heap.at(mixed)] as const),
    ...([batch, steps, width, heads, isCausal ? 1 : 0, scratch] as const),
  );
  return [mixed, shares];
};

const attentionGradient: TensorKernel<Inputs<'all' | 'shares' | 'dy'>, { heads: number }> = (
  { all, shares, dy },
  { heads },
  heap,
) => {
  if (!isFloat(all, shares, dy)) return null;
  const { kernels } = heap;
  const [batch = 0, steps = 0, wide = 0] = all.shape;
  const width = wide / 3;
  const gradient = heap.output(all.shape);
  const scratch = heap.scratch(kernels.attentionScratch(steps, width / heads));
  kernels.attendGradient(
    ...([heap.at(all), heap.at(shares), heap.at(dy), heap.at(gradient)] as const),
    ...([batch, steps, width, heads, scratch] as const),
  );
  return gradient;
};

/** The kernel writes eight numbers at a time: what is left over is done where there is room for eight. */
const dropout: TensorKernel<
  Inputs<'x'>,
  { key: number; place: number; rate: number; from?: number }
> = ({ x }, { key, place, rate, from = 0 }, heap) => {
  if (!isFloat(x)) return null;
  const { kernels } = heap;
  const count = sizeOf(x.shape);
  const whole = count - (count % 8);
  const [y, mask] = [heap.output(x.shape), heap.output(x.shape)];
  const draw = [key | 0, place] as const;
  const keep = [leastKept(rate) | 0, 1 / (1 - rate)] as const;
  kernels.dropout(heap.at(x), heap.at(y), heap.at(mask), whole, ...draw, from / 2, ...keep);
  const rest = count - whole;
  if (rest > 0) {
    const room = heap.scratch(96);
    const at = 4 * whole;
    kernels.copy(heap.at(x) + at, room, rest);
    kernels.dropout(room, room + 32, room + 64, rest, ...draw, (from + whole) / 2, ...keep);
    kernels.copy(room + 32, heap.at(y) + at, rest);
    kernels.copy(room + 64, heap.at(mask) + at, rest);
  }
  return [y, mask];
};

const loss: TensorKernel<Inputs<'outputs' | 'targets' | 'weights'>, { type: FusedLoss }> = (
  { outputs, targets, weights },
  { type },
  heap,
) => {
  if (!isFloat(outputs, targets, weights)) return null;
  const { kernels } = heap;
  const [rows = 0, columns = 1] = outputs.shape;
  const [sum, gradient] = [heap.output([]), heap.output(outputs.shape)];
  const at = [heap.at(outputs), heap.at(targets), heap.at(weights), heap.at(gradient)] as const;
  heap.keepSum(sum, () =>
    type === 'categorical'
      ? kernels.categoricalLoss(...at, rows, columns, 1)
      : kernels[type === 'binary' ? 'binaryLoss' : 'squaredLoss'](...at, rows, 1),
  );
  return [sum, gradient];
};

export const layerKernels = {
  GlasshouseAttention: asKernel(attention),
  GlasshouseAttentionGradient: asKernel(attentionGradient),
  GlasshouseBiasActivation: asKernel(biasActivation),
  GlasshouseBiasActivationGradient: asKernel(biasActivationGradient),
  GlasshouseDropout: asKernel(dropout),
  GlasshouseEmbedding: asKernel(embedding),
  GlasshouseEmbeddingGradient: asKernel(embeddingGradient),
  GlasshouseLoss: asKernel(loss),
};
