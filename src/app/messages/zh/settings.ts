import type { Messages } from '../en/index.ts';

export const settings: Messages['settings'] = {
  constants: '优化器常数',
  nesterov: 'Nesterov',
  nesterovHint: '在动量将到达之处取梯度。',
  beta1: 'β₁（梯度的均值）',
  beta2: 'β₂（平方的均值）',
  decay: 'ρ（平方的均值）',
  epsilon: 'ε（避免除以 0）',
  stepEvery: '降低间隔',
  stepFactor: '乘以',
  exponentialFactor: '每轮乘以',
  warmupEpochs: '预热',
  plateauPatience: '多久后降低',
  plateauPatienceHint: '损失没有改善的轮数。',
  minDelta: '最小改进',
  minDeltaHint: '损失至少下降多少才算改善。',
  notWithMixed: '不能与混合精度同用。',
  notWithScaling: '不能与损失缩放同用：后者仅用一个核心计算。',
  warnings: {
    batchAboveRows: (rows) => `训练集只有 ${rows} 行：每批即全部行。`,
    warmupTooLong: '与整个运行一样长：永远达不到设定的学习率。',
    neverLowered: '与整个运行一样长：学习率不会降低。',
    neverStopsEarly: '与整个运行一样长，因此永远不会提前结束。',
    noValidation: '没有留出验证集：只能依据训练损失，而它几乎总在下降。',
    mixedWithScaling: '不起作用：使用损失缩放时仅用一个核心，以单精度计算。',
    oneCoreByScaling: '使用损失缩放时仅用一个核心计算。',
    oneCoreByBatchNorm:
      '批归一化需要整批数据：仅用一个核心计算，除非每 2 步或更多步才对权重取平均。',
  },
};
