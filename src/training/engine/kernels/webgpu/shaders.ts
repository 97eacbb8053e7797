/** Every kernel that there is on WebGPU. */
import { activationShaders } from '../activation/shaders.ts';
import { attentionShaders } from '../attention/shaders.ts';
import { convolutionShaders } from '../convolution/shaders.ts';
import { copyShaders } from '../copy/shaders.ts';
import { denseShaders } from '../dense/shaders.ts';
import { depthwiseShaders } from '../depthwise/shaders.ts';
import { dropoutShaders } from '../dropout/shaders.ts';
import { embeddingShaders } from '../embedding/shaders.ts';
import { factorisationShaders } from '../factorisation/shaders.ts';
import { gemmShaders } from '../gemm/shaders.ts';
import { lossShaders } from '../loss/shaders.ts';
import { normShaders } from '../norm/shaders.ts';
import { poolingShaders } from '../pooling/shaders.ts';
import { recurrentShaders } from '../recurrent/shaders.ts';
import { updateShaders } from '../update/shaders.ts';
import type { Shaders } from './shader.ts';

export const shaders: Shaders = {
  ...activationShaders,
  ...attentionShaders,
  ...convolutionShaders,
  ...copyShaders,
  ...denseShaders,
  ...depthwiseShaders,
  ...dropoutShaders,
  ...embeddingShaders,
  ...factorisationShaders,
  ...gemmShaders,
  ...lossShaders,
  ...normShaders,
  ...poolingShaders,
  ...recurrentShaders,
  ...updateShaders,
};
