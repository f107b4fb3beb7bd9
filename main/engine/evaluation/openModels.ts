// The trained model that is in use. One at a time is kept open, since a loaded graph takes memory.
import { openModel, type Model } from './model'

export class OpenModels {
  private current: { readonly folder: string; readonly model: Promise<Model> } | null = null

  /** The model of a run, kept open until another is asked for.
   *  @throws {Failure} run-missing */
  open(folder: string): Promise<Model> {
    if (this.current?.folder === folder) return this.current.model
    void this.current?.model.then(
      ({ inference }) => inference.dispose(),
      () => undefined,
    )
    const model = openModel(folder)
    this.current = { folder, model }
    model.catch(() => (this.current = null))
    return model
  }
}
