// A table of numbers that grows at its end, one Float64Array a column. What must stay true: adding a
// row costs the same however long the table is, but for a copy whenever its length has doubled.

const firstCapacity = 64

export class GrowingColumns<Name extends string> {
  /** In the order of `names`. */
  private readonly columns: Float64Array[]
  private capacity = firstCapacity
  private rows = 0

  constructor(private readonly names: readonly Name[]) {
    this.columns = names.map(() => new Float64Array(firstCapacity))
  }

  get length(): number {
    return this.rows
  }

  /** Adds a row. */
  push(row: Readonly<Record<Name, number>>): void {
    this.makeRoom()
    for (let i = 0; i < this.names.length; i++) this.columns[i]![this.rows] = row[this.names[i]!]
    this.rows++
  }

  /** A view of the values so far; it does not show rows that are added later. */
  column(name: Name): Float64Array {
    return this.columns[this.names.indexOf(name)]!.subarray(0, this.rows)
  }

  /** Undefined where there is no such row; -1 is the last one. */
  at(index: number): Readonly<Record<Name, number>> | undefined {
    const row = index < 0 ? this.rows + index : index
    if (row < 0 || row >= this.rows) return undefined
    return Object.fromEntries(
      this.names.map((name, i) => [name, this.columns[i]![row]!]),
    ) as Record<Name, number>
  }

  /** All rows as objects: for tests and exports, not for drawing. */
  toRows(): Readonly<Record<Name, number>>[] {
    return Array.from({ length: this.rows }, (_, row) => this.at(row)!)
  }

  /** A copy of the rows whose value in a column passes. */
  where(name: Name, passes: (value: number) => boolean): GrowingColumns<Name> {
    const kept = new GrowingColumns(this.names)
    this.column(name).forEach((value, row) => {
      if (!passes(value)) return
      kept.makeRoom()
      this.columns.forEach((column, i) => (kept.columns[i]![kept.rows] = column[row]!))
      kept.rows++
    })
    return kept
  }

  private makeRoom() {
    if (this.rows < this.capacity) return
    this.capacity *= 2
    this.columns.forEach((column, i) => {
      const larger = new Float64Array(this.capacity)
      larger.set(column)
      this.columns[i] = larger
    })
  }
}
