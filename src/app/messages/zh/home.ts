import type { Messages } from '../en/index.ts';

export const home: Messages['home'] = {
  title: '就在这个标签页里训练模型',
  lead: '带来一张表，在自己的设备上训练，看清模型内部，然后使用它。您的数据不会离开这台机器。',
  newProject: '新建项目',
  importProject: '导入项目文件',
  projects: '您的项目',
  samples: '从示例开始',
  samplesLead: '每个示例都会打开为独立的项目，马上可以训练。',
  empty: {
    title: '还没有项目',
    text: '带来您自己的表格，或试试下面的示例。',
  },
  opening: '正在打开您的项目…',
  blocked: {
    title: '这个浏览器不允许本页保存内容',
    newer: '您的项目需要更新版本的 Glasshouse',
    still: '示例、说明和设置仍可查看，但无法创建项目。',
  },
  card: {
    rows: (rows) => `${rows} 行`,
    noData: '还没有数据',
    noModel: '尚未训练',
    test: '测试集',
    changed: (ago) => `${ago}更改`,
    menu: (name) => `“${name}”的操作`,
    rename: '重命名…',
    export: '导出…',
    delete: '删除…',
  },
  rename: { title: '重命名项目', name: '名称', save: '重命名', required: '项目需要一个名称' },
  delete: {
    title: (name) => `删除“${name}”？`,
    text: '它的数据、训练记录和模型都会从本机移除，且无法撤销。如果以后可能还需要，请先导出。',
    action: '删除项目',
    done: (name) => `已删除“${name}”。`,
  },
  export: { working: (name) => `正在导出“${name}”…`, done: '已导出到下载文件夹。' },
  sample: {
    shape: (rows, columns) => `${rows} 行 · ${columns} 列`,
  },
  footer: {
    local: '没有服务器，不用账号，也不跟踪。',
    privacy: '保存与请求了什么',
    notices: '许可',
  },
};
