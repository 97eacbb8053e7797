import type { Messages } from '../en/index.ts';

export const domain: Messages['domain'] = {
  tasks: {
    'tabular-classification': '对行分类',
    'tabular-regression': '预测数值',
  },
  metrics: {
    accuracy: '准确率',
    balancedAccuracy: '平衡准确率',
    precisionMacro: '精确率',
    recallMacro: '召回率',
    f1Macro: 'F1',
    rocAuc: 'ROC-AUC',
    prAuc: 'PR-AUC',
    logLoss: '对数损失',
    mae: 'MAE',
    rmse: 'RMSE',
    r2: 'R²',
    loss: '损失',
  },
  remedies: {
    cancelled: '',
    'bad-data': '请修正文件，或更改读取方式，然后重新导入。',
    'bad-config': '请更改设置后再试。',
    unsupported: '',
    'no-backend': '请使用新版的 Chrome、Edge、Firefox 或 Safari。',
    'out-of-memory': '请减小批大小，或减少列数、行数。',
    'device-lost': '图形设备已断开。重新载入页面后，训练会从上一个检查点继续。',
    diverged: '请降低学习率。最后一组有效的权重已保留。',
    'storage-full': '请删除不再需要的项目，或清理磁盘空间。已保存的内容完好无损。',
    'storage-blocked': '无痕窗口或严格的设置可能禁止存储。请在普通窗口中打开，或允许本站存储数据。',
    'newer-version': '重新载入页面即可使用新版本。数据没有改动。',
    corrupt: '如果您有导出的项目文件，请导入它。',
    busy: '请关闭另一个标签页，或等它完成。',
    'not-found': '',
    internal: '请重新载入页面。如果再次发生，请复制详情并反馈。',
  },
};
