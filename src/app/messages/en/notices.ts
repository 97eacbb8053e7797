export const notices = {
  title: 'Licences',
  lead: 'Glasshouse is free software under the MIT licence. It stands on the work of others, named here.',
  samples: 'Sample data',
  models: 'Pretrained models',
  model: 'Model',
  licenceText: (licence: string) => `${licence} (full text)`,
  libraries: 'Libraries',
  librariesLead: (count: string) => `${count} packages are part of the built studio.`,
  sample: 'Sample',
  licence: 'Licence',
  source: 'Source',
  development:
    'The list of libraries is made when the studio is built; the development server has none.',
  unknown: 'no licence text in the package',
  filter: 'Find a library',
  none: 'No library of that name.',
};
