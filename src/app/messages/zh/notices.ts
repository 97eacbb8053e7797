import type { Messages } from '../en/index.ts';

export const notices: Messages['notices'] = {
  title: '许可',
  lead: 'Glasshouse 是自由软件，采用 MIT 许可。它建立在以下作品之上。',
  samples: '示例数据',
  models: '预训练模型',
  model: '模型',
  licenceText: (licence) => `${licence}（全文）`,
  libraries: '程序库',
  librariesLead: (count) => `构建后的程序包含 ${count} 个程序包。`,
  sample: '示例',
  licence: '许可',
  source: '来源',
  development: '程序库列表在构建时生成，开发服务器中没有。',
  unknown: '程序包中没有许可文本',
  filter: '查找程序库',
  none: '没有这个名称的程序库。',
};
