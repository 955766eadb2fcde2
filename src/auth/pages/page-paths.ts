export const SIGNED_IN_PAGE = '/account/signed-in';
export const ERROR_PAGE = '/account/error';
