/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `order`;
# the orders
CREATE TABLE `order` (
  `order_id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'It\'s the key; unique',
  `state` enum('open','paid; sent') CHARACTER SET latin1 NOT NULL DEFAULT 'open' COMMENT 'One of "state"',
  `changed` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `customer` int(10) unsigned DEFAULT NULL /* a guest */,
  `gross` decimal(10,2) GENERATED ALWAYS AS (`net` * 1.19) STORED COMMENT 'With tax',
  `net` decimal(10,2) NOT NULL,
  PRIMARY KEY (`order_id`),
  KEY `by_state` (`state`,`changed`) COMMENT 'no comment of a column',
  CONSTRAINT `c` FOREIGN KEY (`customer`) REFERENCES `shop`.`customer` (`id`) ON DELETE SET NULL
) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4 COMMENT='Orders, one row each';
INSERT INTO `order` VALUES (1,'it\'s; CREATE TABLE no (a int);',NULL);
DELIMITER ;;
CREATE TRIGGER `t` BEFORE INSERT ON `order` FOR EACH ROW BEGIN
  CREATE TEMPORARY TABLE no (a int);
END ;;
DELIMITER ;
CREATE TABLE `archive` LIKE `order`;
ALTER TABLE `archive` ADD COLUMN `moved` date DEFAULT NULL COMMENT 'When it came here' AFTER `net`;
