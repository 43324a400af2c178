import type { Knex } from 'knex';

/** A row as callers see it; `createdAt` is ISO 8601. */
export interface Thing {
  id: number;
  name: string;
  createdBy: string;
  createdAt: string;
}

/** What the scheduled task counted last; `countedAt` is ISO 8601. */
export interface Count {
  things: number;
  countedAt: string;
}

/** The plugin's tables: all SQL of the plugin is here. */
export class ThingStore {
  constructor(private readonly client: Knex) {}

  /** All things, oldest first. */
  async list(): Promise<Thing[]> {
    return (await this.client('things').select('*').orderBy('id')).map(toThing);
  }

  /** Adds a thing and returns it as stored. */
  async add(name: string, createdBy: string): Promise<Thing> {
    const [row] = await this.client('things').insert({ name, created_by: createdBy }).returning('*');
    return toThing(row);
  }

  /** Counts the things and keeps the result in place of the last one. */
  async count(): Promise<number> {
    const row = await this.client('things').count({ total: '*' }).first();
    const things = Number(row?.total ?? 0);
    await this.client.transaction(async (tx) => {
      await tx('thing_counts').delete();
      await tx('thing_counts').insert({ things });
    });
    return things;
  }

  /** The last count; undefined before the task has run. */
  async lastCount(): Promise<Count | undefined> {
    const row = await this.client('thing_counts').first();
    return row && { things: row.things, countedAt: isoTime(row.counted_at) };
  }
}

function toThing(row: { id: number; name: string; created_by: string; created_at: Date | string }): Thing {
  return { id: row.id, name: row.name, createdBy: row.created_by, createdAt: isoTime(row.created_at) };
}

/** PostgreSQL gives a Date, SQLite `YYYY-MM-DD hh:mm:ss` in UTC. */
function isoTime(value: Date | string): string {
  return (value instanceof Date ? value : new Date(`${value.replace(' ', 'T')}Z`)).toISOString();
}
