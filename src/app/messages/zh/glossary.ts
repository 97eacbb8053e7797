/** 术语的通俗解释。一份长列表：一个词只在一处查。 */
import type { Messages } from '../en/index.ts';

export const glossary: Messages['glossary'] = {
  target: { name: '目标', text: '模型要学会预测的那一列。', formula: '' },
  feature: { name: '特征', text: '模型在预测时可以参考的列。', formula: '' },
  split: {
    name: '划分',
    text: '所有行分成三份：大部分用来训练；一部分（验证集）在训练过程中观察；还有一部分（测试集）留到最后，看模型面对没见过的行表现如何。',
    formula: '',
  },
  stratified: {
    name: '分层',
    text: '划分后的每一份中，各类别的占比都相同，稀少的类别不会在某一份里缺席。数值按十等分划分：从最低的一段到最高的一段。',
    formula: '',
  },
  seed: {
    name: '随机种子',
    text: '随机数的起点。种子、数据和设置都相同，结果就能重现。',
    formula: '',
  },
  baseline: {
    name: '基线',
    text: '什么都不学也能得到的分数：总是猜最常见的类别，或总是猜平均值。模型必须比它好。',
    formula: '',
  },
  accuracy: { name: '准确率', text: '预测正确的行所占的比例。', formula: '正确 ÷ 全部' },
  balancedAccuracy: {
    name: '平衡准确率',
    text: '各类别召回率的平均值。忽视稀少类别的模型，无法靠常见类别掩盖。',
    formula: '各类召回率的均值',
  },
  precision: {
    name: '精确率',
    text: '被判为这一类的行中，真正属于它的比例。',
    formula: 'TP ÷ (TP + FP)',
  },
  recall: {
    name: '召回率',
    text: '真正属于这一类的行中，被找出来的比例。',
    formula: 'TP ÷ (TP + FN)',
  },
  f1: {
    name: 'F1',
    text: '把精确率和召回率合成一个数；任何一个低，它就低。',
    formula: '2 · 精确率 · 召回率 ÷ (精确率 + 召回率)',
  },
  rocAuc: {
    name: 'ROC-AUC',
    text: '任取一行属于该类、一行不属于：模型给前者更高概率的可能性有多大？0.5 等于瞎猜，1 为完美。',
    formula: 'P(score₊ > score₋)',
  },
  prAuc: {
    name: 'PR-AUC',
    text: '精确率–召回率曲线下的面积。类别稀少时，它比 ROC-AUC 更能说明问题。',
    formula: 'Σ (Rₙ − Rₙ₋₁) · Pₙ',
  },
  logLoss: {
    name: '对数损失',
    text: '真实答案让模型有多“意外”。很有把握却错了，代价最大。越低越好。',
    formula: '−mean ln p(真实类别)',
  },
  mae: { name: 'MAE', text: '预测平均偏差多少，单位与目标相同。', formula: 'mean |y − ŷ|' },
  rmse: {
    name: 'RMSE',
    text: '与 MAE 类似，但大的误差权重更高。单位与目标相同。',
    formula: '√ mean (y − ŷ)²',
  },
  r2: {
    name: 'R²',
    text: '模型解释了目标变化的多大比例。0 与猜平均值一样，1 为完美，低于 0 则比猜平均值还差。',
    formula: '1 − Σ(y − ŷ)² ÷ Σ(y − ȳ)²',
  },
  interval: {
    name: '95% 区间',
    text: '换一批测试行，数值会略有不同。这个区间说明会差多少：它来自对测试行反复的有放回抽样。',
    formula: '自助法的 2.5% 与 97.5% 分位数',
  },
  confusionMatrix: {
    name: '混淆矩阵',
    text: '按实际类别（行）和模型的判断（列）统计的行数。对角线是判对的，其余显示把什么错认成了什么。',
    formula: '',
  },
  loss: { name: '损失', text: '训练一步步要减小的那个数。', formula: '' },
  epoch: { name: '轮次', text: '把所有训练行过一遍。', formula: '' },
  batchSize: {
    name: '批大小',
    text: '模型每看多少行就修正一次自己。小批噪声更大，大批占用更多内存。',
    formula: '',
  },
  learningRate: {
    name: '学习率',
    text: '每次修正的幅度。太小则训练缓慢，太大则无法收敛。',
    formula: 'w ← w − η · ∂L/∂w',
  },
  earlyStopping: {
    name: '早停',
    text: '验证集不再变好时就停止训练，并回到最好的那组权重。',
    formula: '',
  },
  l2: {
    name: 'L2 惩罚',
    text: '让权重保持较小，避免过分依赖某一个特征。',
    formula: 'L + λ/2 · Σ w²',
  },
  l1: {
    name: 'L1 惩罚',
    text: '把帮助不大的权重压到正好为零，从而只用较少的特征。',
    formula: 'L + λ · Σ |w|',
  },
  dropout: {
    name: 'Dropout',
    text: '每一步随机关闭一部分神经元，让网络不依赖其中任何一个。',
    formula: '',
  },
  scaling: {
    name: '缩放',
    text: '平移并伸缩一列，使单位不决定它的分量。标准化：均值 0，标准差 1。0 至 1：按最小值和最大值。稳健：按中位数和四分位数，不受离群值影响。只根据训练行计算。',
    formula: '(x − 均值) ÷ 标准差 · (x − 最小) ÷ (最大 − 最小) · (x − 中位数) ÷ (Q75 − Q25)',
  },
  imputation: {
    name: '缺失的单元格',
    text: '大多数模型要求每个单元格都有值。用训练行的均值或中位数对列的影响最小；单独一个类别能让模型学到“缺失”本身的含义；不使用该行则会丢掉它的其他单元格。',
    formula: '',
  },
  missingIndicator: {
    name: '缺失指示',
    text: '额外的一个特征：缺失处为 1，其余为 0，以免把填补的值当成测量值。',
    formula: '',
  },
  oneHot: {
    name: '每个类别一个特征',
    text: '一个类别列有多少个值，就变成多少个取 0 或 1 的特征。少见的值信息少，却各占一个特征，因此超出上限的合用一个。',
    formula: '',
  },
  columnType: {
    name: '类型',
    text: '单元格的读取方式。数值、整数和日期可以比较和求平均；类别和是/否只能判断相等与否；文本和标识符会保留，但不参与学习。',
    formula: '',
  },
  splitKinds: {
    name: '行的划分方式',
    text: '随机：适合互不相关的行。按组：例如同一位患者的所有行放在一起，否则模型可能认出他们。按时间：最新的行用于测试，与实际使用一致。按某一列：沿用别人已做好的划分。',
    formula: '',
  },
  quantile: {
    name: '分位数',
    text: '有给定比例的值不超过它。50% 分位数就是中位数；一半的值在 25% 和 75% 分位数之间。',
    formula: '',
  },
  standardDeviation: {
    name: '标准差',
    text: '各值与均值的典型距离，单位与该列相同。',
    formula: '√( Σ (x − 均值)² ÷ (n − 1) )',
  },
  pearson: {
    name: '相关系数（Pearson）',
    text: '用一条直线能在多大程度上由一个数得知另一个数：0 表示完全不能，1 表示完全确定。弯曲的关系可能看不出来。',
    formula: '|cov(x, y)| ÷ (sd x · sd y)',
  },
  correlationRatio: {
    name: '相关比 η',
    text: '一个数的离散程度中，有多少在类别之间而不在类别之内：各类均值相同时为 0，类别完全决定该数时为 1。',
    formula: '√( 类间离散 ÷ 总离散 )',
  },
  cramersV: {
    name: 'Cramér’s V',
    text: '两个类别列的关联强度，从 0（独立）到 1（一个决定另一个）。',
    formula: '√( χ² ÷ (n · (min(行, 列) − 1)) )',
  },
  leak: {
    name: '泄漏',
    text: '泄露答案的列：它是在答案已知之后写下的，或只是换了个说法的同一件事。测试结果会很漂亮，实际使用时模型却会失败，因为那时这一列还没有填。',
    formula: '',
  },
  idLike: {
    name: '类似标识符',
    text: '几乎每行的值都不同的列：姓名、编号、代码。模型可以靠它背下每一行，对新行却一无所知。',
    formula: '',
  },
  imbalance: {
    name: '不均衡',
    text: '有些类别比其他类别多得多。总是回答最常见的类别看起来也很准确，因此请查看平衡准确率。',
    formula: '',
  },
  classWeights: {
    name: '类别权重',
    text: '让稀少类别上的错误代价更高，使它们不被忽视。',
    formula: '总行数 ÷ (类别数 · 该类行数)',
  },
  dataVersion: {
    name: '数据版本',
    text: '数据从不原地修改：每次更改都会产生新版本，以全部单元格的摘要命名。模型知道自己是用哪个版本训练的。',
    formula: 'SHA-256',
  },
  solver: {
    name: '求解器',
    text: '寻找最佳权重的方法：直接解方程、每一步看全部行（L-BFGS），或一批一批地进行（梯度下降）。',
    formula: '',
  },
  optimizer: {
    name: '优化器',
    text: '把梯度变成修正量的方法。SGD 直接沿梯度走；Adam 和 RMSprop 按每个权重近来的坡度给它各自的步长。',
    formula: 'Adam：w ← w − η · m̂ ÷ (√v̂ + ε)',
  },
  momentum: {
    name: '动量',
    text: '沿之前步伐的方向继续前进，使有噪声的小批更平稳。',
    formula: 'v ← μ · v + ∂L/∂w',
  },
  weightDecay: {
    name: '权重衰减',
    text: '每一步都把所有权重缩小一点，与梯度无关。',
    formula: 'w ← w − η · λ · w',
  },
  clipping: {
    name: '梯度裁剪',
    text: '把过大的梯度限制在上限以内，避免个别异常的小批把权重带偏。按范数裁剪时方向不变。',
    formula: 'g ← g · min(1, 上限 ÷ ‖g‖)',
  },
  lossScaling: {
    name: '损失缩放',
    text: '计算梯度时先把损失乘以一个因子，之后再除回去，使极小的梯度在逐层回传时不会消失。梯度溢出的一步会被跳过，因子减半；连续 2,000 步正常后因子加倍。这里用 32 位数计算，很少需要它。',
    formula: 'g ← ∂(s · L)/∂w ÷ s',
  },
  mixedPrecision: {
    name: '混合精度',
    text: '矩阵乘积的两侧以 16 位数存放，使图形处理器搬运的数据减半，求和仍用 32 位；权重、梯度及其余部分保持 32 位。乘积的误差约为 0.05%。计算梯度时先把损失乘以 4,096，使极小的梯度不会消失。',
    formula: 'C = Σ half(A) · half(B)',
  },
  schedule: {
    name: '学习率计划',
    text: '学习率随训练如何变化：开始步子大，最后步子小以便稳定。',
    formula: '',
  },
  inverseRegularization: {
    name: 'C',
    text: '训练行相对于大权重惩罚的分量。C 越小，权重越小。',
    formula: 'λ = 1 ÷ (C · 行数)',
  },
  crossValidation: {
    name: '交叉验证',
    text: '把数据行分成若干折。每一折都由在其余折上训练的模型测试一次（按时间划分时，用之前的行训练），再取平均：没有一行是由见过它的模型测试的。',
    formula: '',
  },
  backend: {
    name: '在哪里计算',
    text: '图形处理器（WebGPU、WebGL）、带向量指令的处理器（WebAssembly），或纯 JavaScript。若交给本工具选择，会用您自己的网络实测哪个最快。',
    formula: '',
  },
  association: {
    name: '与目标的关联',
    text: '该列与目标关联的强度，从 0 到 1：两个数值用相关系数，数值与类别用相关比，两个类别用 Cramér’s V。只单独看每一列。',
    formula: '',
  },
  ndcg: {
    name: 'NDCG@k',
    text: '正确的物品离列表顶端有多近：排在第一位的命中分量最重，越往后越轻。1 表示不可能更好的顺序，0 表示没有命中。',
    formula: '对命中求和 Σ 1 ÷ log₂(位次 + 1) ÷ 可能的最大值',
  },
  recallAtK: {
    name: '召回率@k',
    text: '在这个人之后得到的物品中，出现在前 k 位的比例。',
    formula: '命中 ÷ 目标',
  },
  precisionAtK: {
    name: '精确率@k',
    text: '在前 k 位中，这个人之后得到的比例。',
    formula: '命中 ÷ k',
  },
  meanAveragePrecision: {
    name: 'MAP@k',
    text: '每次命中处精确率的平均：命中越靠前、越集中，分数越高。',
    formula: 'Σ 每次命中处的精确率 ÷ min(k, 目标数)',
  },
  mrr: {
    name: 'MRR@k',
    text: '第一次命中来得多早：第一位为 1，第二位为 ½，没有命中为 0。',
    formula: '1 ÷ 首次命中位次 的平均',
  },
  hitRate: {
    name: '命中率@k',
    text: '前 k 位中至少有一个正确的人所占的比例。',
    formula: '有命中的人 ÷ 人数',
  },
  coverage: {
    name: '覆盖率',
    text: '全部物品中，有人会看到的比例。只推荐最热门的物品，所有人看到的都是同样几个。',
    formula: '出现在任一列表中的物品 ÷ 全部物品',
  },
  novelty: {
    name: '新颖度',
    text: '推荐的物品有多不为人知，以比特计：每多 1 比特，拥有它的人就少一半。',
    formula: '−log₂(拥有者 ÷ 人数) 的平均',
  },
  gini: {
    name: '基尼系数',
    text: '推荐位在物品间分配得有多不均：0 表示所有物品一样多，接近 1 表示少数物品占据全部位置。',
    formula: 'Σ (2i − n − 1) · xᵢ ÷ (n · Σ xᵢ)，x 升序',
  },
  listDiversity: {
    name: '多样性',
    text: '一个列表中的物品彼此有多不同，按训练部分中有过它们的人来衡量，不论评分高低：对所有方法都是同一种衡量。0 表示全由同一批人拥有。',
    formula: '1 − 两两余弦的平均',
  },
  trainSeconds: {
    name: '训练用时',
    text: '在这台设备上拟合所用的秒数，不含暂停和评估。',
    formula: '',
  },
  pairedDifference: {
    name: '配对差',
    text: '两种方法为同一批人排序，人与人之间的差异因此抵消。区间若包含 0，就是并列：换一批人，名次可能相反。',
    formula: '对人求 a − b 的平均，95 % 自助区间',
  },
  sampledMetrics: {
    name: '抽样指标',
    text: '只把目标物品与少数随机物品一起排序，而不是全部。很快，但不是同一个数字：它偏高，还可能排错方法的名次。',
    formula: '在 1 + 100 个物品中的位次',
  },
  lookAhead: {
    name: '偷看未来',
    text: '训练时已经见过更晚事件的测试事件所占的比例。实际使用时没有“更晚”。',
    formula: '之后还有训练事件的测试事件 ÷ 测试事件',
  },
};
