// Calls and events about the photos and labels of the open project.
import { z } from 'zod'
import {
  ClassId,
  DatasetChange,
  DatasetSnapshot,
  ExportedFolders,
  HealthReport,
  IntakeResult,
  LabelImport,
  Layout,
  MissingFolder,
  PicturePage,
  ScanResult,
  picturesAtOnce,
} from '../dataset'
import { Edit } from '../edit'
import { call, none, nothing, path } from './call'

export const datasetCalls = {
  'dataset.snapshot': call({ by: 'engine', input: none, output: DatasetSnapshot }),
  'dataset.pictures': call({
    by: 'engine',
    input: z.object({
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(picturesAtOnce),
    }),
    output: PicturePage,
  }),
  'dataset.scan': call({
    by: 'engine',
    input: z.object({ paths: z.array(path).min(1) }),
    output: ScanResult,
    paths: (input) => input.paths,
  }),
  // With a classId all pictures go to that class; `layout` null means the suggested one.
  'dataset.add': call({
    by: 'engine',
    input: z.object({
      paths: z.array(path).min(1),
      classId: ClassId.nullable().default(null),
      layout: Layout.nullable().default(null),
    }),
    output: IntakeResult,
    paths: (input) => input.paths,
  }),
  'dataset.addSample': call({ by: 'engine', input: none, output: IntakeResult }),
  // The one way to change labels, classes and splits.
  'dataset.edit': call({ by: 'engine', input: Edit, output: nothing }),
  'dataset.health': call({ by: 'engine', input: none, output: HealthReport }),
  'dataset.importLabels': call({
    by: 'engine',
    // `root` is where relative paths start, null for the folder of the file. Without `apply` it only
    // tells what would come of it.
    input: z.object({ path, root: path.nullable(), apply: z.boolean() }),
    output: LabelImport,
    paths: (input) => [input.path, ...(input.root === null ? [] : [input.root])],
  }),
  // Writes a new file into the folder: path, label, split, excluded, reviewed.
  'dataset.exportLabels': call({
    by: 'engine',
    input: z.object({ folder: path }),
    output: z.object({ path, rows: z.number() }),
    paths: (input) => [input.folder],
  }),
  // Makes a new folder in `folder` with one folder a class, below one a split where `splits` is set.
  'dataset.exportFolders': call({
    by: 'engine',
    input: z.object({ folder: path, as: z.enum(['copies', 'links']), splits: z.boolean() }),
    output: ExportedFolders,
    paths: (input) => [input.folder],
  }),
  // Looks whether every file is still there and the same; what it finds comes as changes.
  'dataset.checkFiles': call({
    by: 'engine',
    input: none,
    output: z.object({ missing: z.number(), changed: z.number() }),
  }),
  'dataset.missing': call({ by: 'engine', input: none, output: z.array(MissingFolder) }),
  // Missing pictures below `from` are looked for at the same place below `to`, then by content.
  'dataset.relocate': call({
    by: 'engine',
    input: z.object({ from: path, to: path }),
    output: z.object({ found: z.number(), byContent: z.number(), missing: z.number() }),
    paths: (input) => [input.to],
  }),
} as const

export const datasetEvents = {
  'dataset.changed': DatasetChange,
  'dataset.progress': z.object({
    phase: z.enum(['scanning', 'reading', 'checking', 'copying', 'idle']),
    done: z.number(),
    total: z.number(),
  }),
} as const
