import type { FrontendFeature } from '@backstage/frontend-plugin-api';
import { cloneElement, isValidElement, type ComponentType, type ReactElement } from 'react';
import { FailedInPlace, failureOf, Guard, type PartOfRemote } from './FailedInPlace';
import { noteFailure } from './pageRemotes';

/** A value that an extension gives, as `@backstage/frontend-plugin-api` makes it. */
interface DataValue {
  id: string;
  value: unknown;
}

/** An extension of a feature, as far as it is read. Other versions than this are left as they are. */
interface Extension {
  version: 'v2';
  id: string;
  output?: Array<{ id: string; config?: { optional?: boolean } }>;
  factory(...context: unknown[]): Iterable<DataValue>;
}

const ELEMENT = 'core.reactElement';

/**
 * A feature of a remote whose extensions cannot take down what they are shown in: what throws, an element, an icon or the
 * factory of an element, is shown as failed in its place.
 */
export function guardFeature(feature: FrontendFeature, packageName: string): FrontendFeature {
  const { extensions, icon } = feature as { extensions?: unknown; icon?: unknown };
  if (!Array.isArray(extensions)) return feature;
  const part = { packageName, extension: feature.pluginId ?? packageName, icon: true };
  return copyWith(feature, {
    extensions: extensions.map((each: unknown) => (isExtension(each) ? guardExtension(each, packageName) : each)),
    ...(isValidElement(icon) && { icon: guarded(icon, part) }),
  });
}

function isExtension(value: unknown): value is Extension {
  const { version, factory } = (value ?? {}) as Partial<Extension>;
  return version === 'v2' && typeof factory === 'function';
}

function guardExtension(extension: Extension, packageName: string): Extension {
  const part: PartOfRemote = { packageName, extension: extension.id };
  return copyWith(extension, {
    factory(...context: unknown[]) {
      let given: DataValue[];
      try {
        given = [...extension.factory(...context)];
      } catch (error) {
        if (!givesElementOnly(extension)) throw error;
        noteFailure(packageName, failureOf(part, error));
        given = [dataValue(ELEMENT, <FailedInPlace part={part} error={error} />)];
      }
      return given.map((data) =>
        copyWith(data, { value: guarded(data.value, { ...part, icon: data.id !== ELEMENT }) }),
      );
    },
  });
}

/** For an element there is a substitute, and nothing else is asked for. */
function givesElementOnly({ output = [] }: Extension): boolean {
  const required = output.filter(({ config }) => !config?.optional);
  return required.length === 1 && required[0]!.id === ELEMENT;
}

function dataValue(id: string, value: unknown): DataValue {
  return { $$type: '@backstage/ExtensionDataValue', id, value } as DataValue;
}

/** Elements, and icons in what describes something, e.g. an item of the navigation. */
function guarded(value: unknown, part: PartOfRemote): unknown {
  if (isValidElement(value)) return <Guard part={part}>{withGuardedIcon(value, part)}</Guard>;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'icon')) return value;
  const { icon } = value as { icon: unknown };
  if (isValidElement(icon)) return { ...value, icon: guarded(icon, { ...part, icon: true }) };
  return isComponent(icon) ? { ...value, icon: guardedIcon(icon, part) } : value;
}

/** The element of a page has the icon for its header as a property; without a boundary of its own it takes down the page. */
function withGuardedIcon(element: ReactElement, part: PartOfRemote): ReactElement {
  const { icon } = (element.props ?? {}) as { icon?: unknown };
  if (!isValidElement(icon)) return element;
  return cloneElement(element as ReactElement<{ icon: unknown }>, { icon: guarded(icon, { ...part, icon: true }) });
}

function guardedIcon(Icon: ComponentType<object>, part: PartOfRemote): ComponentType<object> {
  return function GuardedIcon(props: object) {
    return (
      <Guard part={{ ...part, icon: true }}>
        <Icon {...props} />
      </Guard>
    );
  };
}

function isComponent(value: unknown): value is ComponentType<object> {
  return typeof value === 'function' || (typeof value === 'object' && value !== null && '$$typeof' in value);
}

/** A copy that keeps getters and hidden members. */
function copyWith<T extends object>(object: T, changes: Partial<T> | object): T {
  const copy = Object.create(Object.getPrototypeOf(object) as object, Object.getOwnPropertyDescriptors(object)) as T;
  for (const [name, value] of Object.entries(changes)) {
    Object.defineProperty(copy, name, {
      value: value as unknown,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}
