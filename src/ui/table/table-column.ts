export interface TableColumn {
  id: string;
  label: string;
  /** Figures stand at the end, so that their digits line up. */
  align: 'start' | 'end';
}
