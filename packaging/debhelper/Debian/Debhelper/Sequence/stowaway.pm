# dh --with stowaway, or Build-Depends: dh-sequence-stowaway.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

# dpkg-source runs right after the clean target.
insert_after('dh_clean', 'dh_stowaway_source');
# While the tree is as upstream and the patches left it: what a build leaves behind is not embedded.
insert_before('dh_auto_configure', 'dh_stowaway_scan');
# dh_prep has removed the substvars by then.
insert_before('dh_gencontrol', 'dh_stowaway');

1;
