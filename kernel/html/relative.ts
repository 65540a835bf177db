/** Whether an address is relative to where it stands: no other site's, none from the root, nor a place on the page. */
export const isRelative = (address: string): boolean => !/^([a-z][a-z\d+.-]*:|[/#?]|$)/i.test(address);
