import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { NotFoundError } from '../common/problem';
import { Public } from '../common/public';
import { Config } from '../config/config';
import { MailFolder } from './mail-folder';
import { mailListPage, mailPage } from './mail-pages';
import { MailTransport } from './mail-transport';

const HTML = Header('Content-Type', 'text/html; charset=utf-8');
const NO_STORE = Header('Cache-Control', 'no-store');
const NO_SCRIPTS = Header(
  'Content-Security-Policy',
  `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'`,
);

const SHOWN = 100;

/** The mails that were kept instead of sent, for those who develop: without a mail server and outside production only. */
@ApiExcludeController()
@Public()
@Controller('dev/mail')
export class MailController {
  constructor(
    private readonly transport: MailTransport,
    private readonly config: Config,
  ) {}

  @Get()
  @HTML
  @NO_STORE
  @NO_SCRIPTS
  async list(): Promise<string> {
    return mailListPage(await this.folder().list(SHOWN));
  }

  @Get(':name')
  @HTML
  @NO_STORE
  @NO_SCRIPTS
  async show(@Param('name') name: string): Promise<string> {
    return mailPage(await this.folder().read(name));
  }

  private folder(): MailFolder {
    if (this.config.isProduction || !(this.transport instanceof MailFolder)) throw new NotFoundError('page');
    return this.transport;
  }
}
