import { Button } from '@backstage/ui';
import { useApi } from '@backstage/frontend-plugin-api';
import { RiUploadLine } from '@remixicon/react';
import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import { adminApiRef } from '../api/adminApiRef';
import type { Permitted } from '../api/types';
import { useText } from '../translation';
import { Confirmation } from './Confirmation';
import { Denied } from './Denied';
import { OutcomeAlert } from './OutcomeAlert';
import { useOperation } from './useOperation';

/** Accepts a `.tgz` by drag and drop or from a dialog, if the user has permission, beside `children`. */
export function Upload({ permitted, children }: { permitted: Permitted; children: ReactNode }) {
  const t = useText();
  const client = useApi(adminApiRef);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [file, setFile] = useState<File>();
  const { pending, outcome, run } = useOperation();
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (permitted.allowed) setFile(event.dataTransfer.files[0]);
  };
  const confirmed = () => {
    if (file)
      run(
        () => client.upload(file),
        ({ plugin }) => t('upload.done', { name: plugin }),
      );
    setFile(undefined);
  };
  return (
    <div
      className={over ? 'sd-upload sd-upload-over' : 'sd-upload'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(permitted.allowed);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <div className="sd-toolbar">
        {children}
        <Button
          variant="primary"
          iconStart={<RiUploadLine aria-hidden />}
          isDisabled={pending || !permitted.allowed}
          onPress={() => input.current?.click()}
        >
          {t('upload.button')}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".tgz,.tar.gz"
          hidden
          aria-label={t('upload.input')}
          disabled={!permitted.allowed}
          onChange={(event) => {
            setFile(event.target.files?.[0]);
            // The same file can be chosen again.
            event.target.value = '';
          }}
        />
      </div>
      {permitted.allowed && <p className="sd-quiet">{t('upload.drop')}</p>}
      <Denied permitted={permitted} />
      <OutcomeAlert pending={pending} outcome={outcome} />
      {file && (
        <Confirmation
          title={t('upload.ask', { file: file.name })}
          action={t('upload.action')}
          onConfirm={confirmed}
          onCancel={() => setFile(undefined)}
        >
          {t('upload.explain', { kib: (file.size / 1024).toFixed(0) })}
        </Confirmation>
      )}
    </div>
  );
}
