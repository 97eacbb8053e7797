/** Whole models learn on WebGPU as they do on tfjs's cpu backend. WebAssembly: unit/curves.test.ts. */
import { test } from 'vitest';
import { createWebGpuSteps } from '../../src/training/engine/kernels/webgpu/steps.ts';
import { expectCpuCurve } from '../support/loss-curve.ts';
import { tinyModels } from '../support/tiny-models.ts';

test.each(tinyModels)('$name: fifty Adam steps on WebGPU follow the cpu curve', (example) =>
  expectCpuCurve(example, createWebGpuSteps),
);
