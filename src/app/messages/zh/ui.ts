import type { Messages } from '../en/index.ts';

export const ui: Messages['ui'] = {
  close: '关闭',
  cancel: '取消',
  optional: '选填',
  choose: '请选择…',
  noMatch: '没有符合的项',
  more: '更多操作',
  timeLeft: (time) => `还需 ${time}`,
  askTerm: (term) => `“${term}”是什么？`,
  formula: '公式',
  number: {
    notNumber: '请输入数字',
    notInteger: '请输入整数',
    tooSmall: (min) => `不能小于 ${min}`,
    tooLarge: (max) => `不能大于 ${max}`,
  },
  drop: {
    choose: '选择文件',
    paste: '也可以直接粘贴表格或文件。',
    pastedName: '粘贴的内容.csv',
  },
  table: {
    sort: (column) => `按 ${column} 排序`,
    failed: '无法读取这些行',
    again: '重试',
  },
  chart: {
    asTable: '以表格显示',
    asChart: '以图表显示',
    saveCsv: '保存为 CSV',
    logScale: '对数刻度',
    linearScale: '线性刻度',
    bin: '区间',
    from: (from, to) => `${from} 至 ${to}`,
    moreInTable: (count) => `另有 ${count} 个见表格`,
    firstRows: (shown, total) => `显示前 ${shown} 行，共 ${total} 行；CSV 中包含全部。`,
    empty: '暂无内容',
  },
  confusion: {
    cell: (count, actual, predicted) => `实际为 ${actual}、预测为 ${predicted} 的有 ${count} 行`,
  },
};
