export const home = {
  title: 'Train a model in this tab',
  lead: 'Bring a table, train on your own device, look inside, use it. Nothing you bring leaves this machine.',
  newProject: 'New project',
  importProject: 'Import project file',
  projects: 'Your projects',
  samples: 'Start from a sample',
  samplesLead: 'Each opens as a project of its own, ready to train.',
  empty: {
    title: 'No projects yet',
    text: 'Bring a table of your own, or try one of the samples below.',
  },
  opening: 'Opening your projects…',
  blocked: {
    title: 'This browser keeps nothing for this page',
    newer: 'Your projects need a newer Glasshouse',
    still:
      'The samples, the explanations and these settings can still be looked at, but no project can be made.',
  },
  card: {
    rows: (rows: string) => `${rows} rows`,
    noData: 'No data yet',
    noModel: 'Not trained yet',
    test: 'test',
    changed: (ago: string) => `Changed ${ago}`,
    menu: (name: string) => `Actions for ${name}`,
    rename: 'Rename…',
    export: 'Export…',
    delete: 'Delete…',
  },
  rename: {
    title: 'Rename project',
    name: 'Name',
    save: 'Rename',
    required: 'A project needs a name',
  },
  delete: {
    title: (name: string) => `Delete “${name}”?`,
    text: 'Its data, runs and models are removed from this device. This can’t be undone. Export it first if you may want it back.',
    action: 'Delete project',
    done: (name: string) => `“${name}” was deleted.`,
  },
  export: {
    working: (name: string) => `Exporting “${name}”…`,
    done: 'Exported to your downloads.',
  },
  sample: {
    shape: (rows: string, columns: string) => `${rows} rows · ${columns} columns`,
  },
  footer: {
    local: 'No server, no account, no tracking.',
    privacy: 'What is kept and requested',
    notices: 'Licences',
  },
};
